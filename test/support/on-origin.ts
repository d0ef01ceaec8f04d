/**
 * Clients on origins of their own, on a real relay; each ends with the test that made it.
 *
 * @module
 */
import WebSocket from 'ws';
import { onTestFinished } from 'vitest';
import type { ComingClient, Conversation } from '../../core/client.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { guestSigner, type AccountSigner } from '../../core/identity/index.js';
import { createLocalClient, type LocalClientOptions } from '../../core/local/index.js';
import { MemoryDatabase, MemoryStorage, type DeviceRow } from '../../core/store/index.js';
import type { WebSocketConstructor } from '../../core/transport/index.js';
import { until } from './until.js';
import { waitFor } from './wait.js';

export const webSocket = WebSocket as unknown as WebSocketConstructor;
export const SHOP = 'https://shop.example';
export const BANK = 'https://bank.example';

/** A client that nobody signed in to. */
export function visitor(
  relay: LocalClientOptions['relay'],
  origin: string,
  options: Partial<LocalClientOptions> & { storage?: never } = {},
  storage = new MemoryStorage(),
): ComingClient & { readonly stored: MemoryStorage } {
  const database = new MemoryDatabase(storage);
  const client = createLocalClient({ relay, webSocket, origin, database, ...options });
  onTestFinished(() => client.close());
  return Object.assign(client, { stored: storage });
}

export type Visitor = ReturnType<typeof visitor>;

export async function online<Client extends ComingClient>(client: Client): Promise<Client> {
  await waitFor(client.status, ({ connection }) => connection === 'online');
  return client;
}

export async function guestOn(relay: LocalClientOptions['relay'], origin: string): Promise<Visitor> {
  const client = visitor(relay, origin);
  await client.becomeGuest({ deviceName: `Guest on ${origin}` });
  return online(client);
}

export async function walletOn(
  relay: LocalClientOptions['relay'],
  origin: string,
  signer: AccountSigner,
  access: 'origin' | 'full' = 'origin',
): Promise<Visitor> {
  const client = visitor(relay, origin);
  await client.useWallet(signer, { deviceName: `Device on ${origin}`, access });
  return online(client);
}

/** Lets in whoever writes, as a shop does: strangers are told that what they write arrives. */
export async function welcoming<Client extends ComingClient>(client: Client): Promise<Client> {
  await client.setProfile({ settings: { strangers: 'accept' } });
  return client;
}

let made = 0;

/** An account in a wallet; ed25519, which needs no code loaded. */
export function wallet(): AccountSigner {
  made += 1;
  const seed = new Uint8Array(32).fill(made);
  return guestSigner({ seed, account: ed25519.getPublicKey(seed) });
}

export const idOf = (client: ComingClient): string => client.status.value.me!.comingId;

export const between = (from: ComingClient, to: ComingClient): Promise<Conversation> =>
  from.openConversation(idOf(to));

/** What is stored of a client's device. */
export const deviceOf = ({ stored }: Visitor): DeviceRow => stored.tables.get('meta')![0]!.value as DeviceRow;

/** Waits until its one-time keys are made, so that others can begin sessions with it. */
export const keysMade = ({ stored }: Visitor): Promise<void> =>
  until(() => stored.tables.get('preKeys')!.length >= 202, 'its keys are made');

/** Every text that a client has stored. */
export const textsIn = ({ stored }: Visitor): string[] =>
  stored.tables.get('messages')!.map(({ value }) => (value as { text: string }).text);

export const accountOf = (client: Visitor): string => deviceOf(client).account;
export const hex = bytesToHex;
