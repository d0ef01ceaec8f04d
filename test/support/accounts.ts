/**
 * Accounts and devices for tests; what signs is @polkadot/keyring, which shares no code with the kit.
 *
 * @module
 */
import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import {
  decodeAddress,
  type AccountSigner,
  type NewDevice,
  type SignatureScheme,
  type SignedEntry,
} from '../../core/identity/index.js';
import { writeEntryText } from '../../core/identity/log-entries.js';
import type { AddEntry } from '../../core/identity/log-text.js';

export const SCHEMES: readonly SignatureScheme[] = ['ed25519', 'sr25519', 'ecdsa'];

export interface IndependentSigner extends AccountSigner {
  readonly account: Uint8Array;
}

/** A signer of `//<name>`; `wrap` as wallet extensions do. */
export async function independentSigner(
  scheme: SignatureScheme,
  name: string,
  { wrap = false, prefix = 44 } = {},
): Promise<IndependentSigner> {
  await cryptoWaitReady();
  const pair = new Keyring({ type: scheme, ss58Format: prefix }).addFromUri(`//${name}`);
  return {
    address: pair.address,
    account: pair.addressRaw,
    scheme,
    signText: (text) =>
      Promise.resolve(pair.sign(new TextEncoder().encode(wrap ? `<Bytes>${text}</Bytes>` : text))),
  };
}

/** An identity key that no device has: 33 bytes made of `n`. */
export function identityKey(n: number): Uint8Array {
  return new Uint8Array(33).fill(n).fill(5, 0, 1);
}

export function newDevice(n: number, changes: Partial<NewDevice> = {}): NewDevice {
  return {
    identityKey: identityKey(n),
    name: `Device ${n}`,
    origin: 'https://shop.example',
    relays: ['wss://relay.example/'],
    validFrom: Date.UTC(2026, 0, n),
    ...changes,
  };
}

/** Entry number `index` as an account would sign it, with any field bent. */
export async function signedEntry(
  signer: AccountSigner,
  index: number,
  changes: Partial<AddEntry>,
): Promise<SignedEntry> {
  const text = writeEntryText({
    kind: 'add',
    ...newDevice(index + 1),
    account: decodeAddress(signer.address).account,
    index,
    previous: undefined,
    deviceId: index + 1,
    ...changes,
  });
  return { text, scheme: signer.scheme, signature: await signer.signText(text) };
}
