/**
 * A DID is resolved to the account's document: its keys, where it is reached, and what else it is known as.
 */
import { base58 } from '@scure/base';
import { hexToBytes } from '@noble/hashes/utils.js';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { DidDocument } from '../../../core/client.js';
import { parseDid, writeDid } from '../../../core/identity/did.js';
import { createLoopback, type LoopbackRelay } from '../../../core/transport/index.js';
import { refusal } from '../../support/codes.js';
import {
  accountOf,
  deviceOf,
  guestOn,
  hex,
  idOf,
  online,
  SHOP,
  visitor,
  type Visitor,
} from '../../support/on-origin.js';
import { TappedRelay } from '../../support/tapped-relay.js';

const CHAIN = '0a'.repeat(16);
// Nobody is there: a chain that cannot be reached stands in no way.
const chain = { endpoints: ['ws://127.0.0.1:9/'], genesis: `0x${'0a'.repeat(32)}` };

async function person(relay: LoopbackRelay): Promise<Visitor> {
  const client = visitor(relay, SHOP, { chain });
  await client.becomeGuest();
  return online(client);
}

const didOf = (client: Visitor, on = CHAIN) =>
  writeDid({ chain: on, account: hexToBytes(accountOf(client)) });

/** The X25519 keys that a document has for agreement. */
const agreed = ({ verificationMethod, keyAgreement }: DidDocument) =>
  verificationMethod
    .filter(({ id }) => keyAgreement.includes(id))
    .map(({ publicKeyMultibase }) => hex(base58.decode(publicKeyMultibase!.slice(1)).slice(2)));

/** Sites that say of themselves that they are these accounts'. */
function sites(dids: Readonly<Record<string, string>>): void {
  const fetch = vi.fn((address: string) => {
    const { host, pathname } = new URL(address);
    const did = pathname === '/.well-known/did.json' && dids[host];
    const document = JSON.stringify({ id: `did:web:${host}`, alsoKnownAs: [did] });
    return Promise.resolve(did ? new Response(document) : new Response('', { status: 404 }));
  });
  vi.stubGlobal('fetch', fetch);
  onTestFinished(() => void vi.unstubAllGlobals());
}

it('gives the keys of the account and its devices, and where they are reached', async () => {
  const relay = createLoopback();
  const [ada, bo] = [await person(relay), await person(relay)];
  const did = didOf(ada);
  const document = await bo.resolveDid(did);
  expect(parseDid(document.id)).toEqual(parseDid(did));
  expect(document.id).toBe(did);
  const [account] = document.verificationMethod;
  expect(hex(base58.decode(account!.publicKeyMultibase!.slice(1)).slice(2))).toBe(accountOf(ada));
  expect(agreed(document)).toEqual([hex(deviceOf(ada).identityPublic.slice(1))]);
  expect(document.service?.map(({ serviceEndpoint }) => serviceEndpoint)).toEqual([
    'wss://loopback.invalid/',
  ]);
  expect(document).not.toHaveProperty('alsoKnownAs');
  // One's own, and a contact's, are the same to whoever asks.
  expect(await ada.resolveDid(did)).toEqual(document);
  expect(await (await ada.openIdentity()).did()).toEqual(document);
  expect(await (await bo.openContact(idOf(ada))).did()).toEqual(document);

  const words = (await (await ada.openIdentity()).words()).join(' ');
  const second = visitor(relay, SHOP);
  await second.becomeGuest({ secret: { kind: 'words', words } });
  expect(agreed(await bo.resolveDid(did))).toHaveLength(2);
});

it('names the domains that say that they are the account’s, as long as they do', async () => {
  const relay = createLoopback();
  const [ada, bo] = [await person(relay), await person(relay)];
  const did = didOf(ada);
  sites({ 'ada.example': did });
  const contact = await bo.openContact(idOf(ada));
  expect(await contact.askDomain('ada.example')).toBe(true);
  expect((await bo.resolveDid(did)).alsoKnownAs).toEqual(['did:web:ada.example']);
  expect((await contact.did()).alsoKnownAs).toEqual(['did:web:ada.example']);

  const own = await ada.openIdentity();
  expect(await own.askDomain('bo.example')).toBe(false);
  expect(await own.askDomain('ada.example')).toBe(true);
  expect(await own.askDomain('ada.example')).toBe(true);
  expect((await own.did()).alsoKnownAs).toEqual(['did:web:ada.example']);
  expect((await ada.resolveDid(did)).alsoKnownAs).toEqual(['did:web:ada.example']);
  sites({});
  expect(await own.askDomain('ada.example')).toBe(false);
  expect(await own.did()).not.toHaveProperty('alsoKnownAs');
});

it('refuses what is no DID, one of another chain, and one of nobody', async () => {
  const relay = createLoopback();
  const [ada, bo] = [await person(relay), await person(relay)];
  expect(await refusal(() => bo.resolveDid(`${didOf(ada)}#account`))).toBe('malformed-did');
  expect(await refusal(() => bo.resolveDid(didOf(ada, 'ff'.repeat(16))))).toBe('wrong-chain');
  const nobody = writeDid({ chain: CHAIN, account: new Uint8Array(32).fill(1) });
  expect(await refusal(() => bo.resolveDid(nobody))).toBe('unknown-account');
  const unpaid = await guestOn(relay, SHOP);
  expect(await refusal(() => unpaid.resolveDid(didOf(ada)))).toBe('no-chain');
  const nobodyYet = visitor(relay, SHOP, { chain });
  expect(await refusal(() => nobodyYet.resolveDid(didOf(ada)))).toBe('not-ready');
});

it('refuses a list of devices that the account did not sign, or that lacks what was seen', async () => {
  const relay = new TappedRelay();
  const [ada, bo, mallory] = [await person(relay), await person(relay), await person(relay)];
  const did = didOf(ada);
  const before = deviceOf(ada).log;
  const isAda = (account: Uint8Array) => hex(account) === accountOf(ada);
  relay.logOfAccount = (account, truth) => (isAda(account) ? deviceOf(mallory).log : truth);
  expect(await refusal(() => bo.resolveDid(did))).toBe('invalid-log-entry');
  relay.logOfAccount = (_, truth) => truth;
  await (await ada.openIdentity()).rename(1, 'renamed');
  expect((await bo.resolveDid(did)).id).toBe(did);
  relay.logOfAccount = (account, truth) => (isAda(account) ? before : truth);
  expect(await refusal(() => bo.resolveDid(did))).toBe('device-log-stepped-back');
  // Until the person decides, also after the relay tells the truth again.
  relay.logOfAccount = (_, truth) => truth;
  expect(await refusal(() => bo.resolveDid(did))).toBe('device-log-stepped-back');
  await (await bo.openContact(idOf(ada))).acceptChange();
  expect((await bo.resolveDid(did)).id).toBe(did);
}, 60_000);
