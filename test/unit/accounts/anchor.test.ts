/**
 * The anchor on the genuine local chain: written into the account's registration, read by proof from two nodes.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Contact, Identity } from '../../../core/client.js';
import { guestAccount } from '../../../core/identity/index.js';
import type { Chain } from '../../../core/ledger/chain.js';
import { createLoopback } from '../../../core/transport/index.js';
import { refusal } from '../../support/codes.js';
import { Network, openLocalChain, socketsTo, type LocalChain } from '../../support/local-chain.js';
import {
  accountOf,
  between,
  deviceOf,
  guestOn,
  idOf,
  online,
  SHOP,
  visitor,
  type Visitor,
} from '../../support/on-origin.js';
import { TappedRelay } from '../../support/tapped-relay.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';

const UNIT = 100_000_000n;
const [A, B] = ['ws://a.example/', 'ws://b.example/'] as const;

let local: LocalChain;
let honest: Network;
let alsoHonest: Network;

beforeEach(async () => {
  local = await openLocalChain();
  honest = new Network(local.devchain);
  alsoHonest = new Network(local.devchain);
});

afterEach(() => local.close());

async function personOn(relay: TappedRelay, networks: Readonly<Record<string, Network>>): Promise<Visitor> {
  const chain = {
    endpoints: Object.keys(networks),
    genesis: local.genesis,
    assets: [local.xbtc, local.pcx],
    webSocket: socketsTo(networks),
  };
  const client = visitor(relay, SHOP, { chain });
  await client.becomeGuest();
  return online(client);
}

const both = () => ({ [A]: honest, [B]: alsoHonest });

async function anchored(identity: Identity): Promise<void> {
  const before = honest.countOf('author_submitAndWatchExtrinsic');
  const written = identity.anchor();
  written.catch(() => undefined);
  await until(() => honest.countOf('author_submitAndWatchExtrinsic') > before, 'it is on its way');
  await local.newBlocks(3);
  await written;
}

/** Somebody registers something of their own, by other means. */
async function register(who: Visitor, fields: object): Promise<Chain> {
  const none = { type: 'None' };
  const info = {
    ...{ additional: [], display: none, legal: none, web: none, riot: none, email: none },
    ...{ pgp_fingerprint: undefined, image: none, twitter: none },
    ...fields,
  };
  const chain = await local.client();
  const before = local.network.countOf('author_submitAndWatchExtrinsic');
  const payer = await guestAccount(deviceOf(who).seed!);
  const registered = chain.submit({ pallet: 'Identity', name: 'set_identity', args: { info } }, payer);
  await until(() => local.network.countOf('author_submitAndWatchExtrinsic') > before);
  await local.newBlocks(3);
  await registered;
  return chain;
}

const status = (contact: Contact, wanted: string) =>
  waitFor(contact.snapshot, (known) => known.status === wanted);

it('is written with its fee and deposit, leaves the rest of a registration as it was, and is proven to others', async () => {
  const relay = new TappedRelay();
  const ada = await personOn(relay, both());
  const identity = await ada.openIdentity();
  await identity.refresh();
  expect(identity.snapshot.value.anchor).toBe('none');
  expect(await refusal(() => identity.anchor())).toBe('insufficient-balance');
  const account = hexToBytes(accountOf(ada));
  await local.fund(account, { pcx: UNIT });
  const cost = await identity.anchorCost();
  expect(cost).toMatchObject({ deposit: 12_500_000n, symbol: 'PCX', decimals: 8 });
  expect(cost.fee).toBeGreaterThan(0n);

  // Somebody registered things of their own before.
  const chain = await register(ada, {
    additional: [
      [
        { type: 'Raw1', value: 0x61 },
        { type: 'Raw2', value: '0x6263' },
      ],
    ],
    display: { type: 'Raw3', value: '0x416461' },
    web: { type: 'Raw4', value: '0x68747470' },
    pgp_fingerprint: `0x${'ab'.repeat(20)}`,
  });
  const registration = async () =>
    (await chain.readStorage('Identity', 'IdentityOf', account)).value as {
      info: { additional: unknown[] };
      deposit: bigint;
    };
  const before = await registration();
  expect(await identity.anchorCost()).toMatchObject({ deposit: 2_500_000n });

  await anchored(identity);
  expect(identity.snapshot.value.anchor).toBe('current');
  const after = await registration();
  expect(after.deposit).toBe(15_000_000n);
  expect(after.info.additional).toHaveLength(2);
  expect({ ...after.info, additional: after.info.additional.slice(0, 1) }).toEqual(before.info);

  const bo = await personOn(relay, both());
  const contact = await bo.openContact(idOf(ada));
  await status(contact, 'chain-verified');
  expect(contact.snapshot.value.chain).toBe('asked');
  await identity.rename(1, 'another name');
  await identity.refresh();
  expect(identity.snapshot.value.anchor).toBe('behind');
  await contact.refresh();
  expect(contact.snapshot.value.status).toBe('chain-verified'); // its key is still what the chain covers

  const words = (await identity.words()).join(' ');
  const second = visitor(relay, SHOP);
  await second.becomeGuest({ secret: { kind: 'words', words } });
  await contact.refresh();
  expect(contact.snapshot.value.status).toBe('newer-than-anchor');
  await anchored(identity);
  await contact.refresh();
  expect(contact.snapshot.value.status).toBe('chain-verified');

  // One node's word is said to be one.
  const carl = await personOn(relay, { [A]: honest });
  await status(await carl.openContact(idOf(ada)), 'asserted');
  // None at all blocks nothing.
  const away = new Network(local.devchain);
  away.isDown = true;
  const dora = await personOn(relay, { [A]: away });
  const unreached = await dora.openContact(idOf(ada));
  await status(unreached, 'unverified');
  const chat = await between(dora, ada);
  await between(ada, dora);
  await chat.send('hello');
  await waitFor(chat.snapshot, ({ messages }) => messages.at(-1)?.state === 'delivered');
}, 60_000);

it('of a node that forges header and proof together is refused where two are named', async () => {
  const relay = new TappedRelay();
  const fork = await openLocalChain();
  try {
    const ada = await personOn(relay, { [A]: new Network(fork.devchain) });
    await fork.fund(hexToBytes(accountOf(ada)), { pcx: UNIT });
    const bo = await personOn(relay, { [A]: honest, [B]: new Network(fork.devchain) });
    await local.newBlocks(3);
    const contact = await bo.openContact(idOf(ada));
    await waitFor(contact.snapshot, ({ chain }) => chain === 'unreachable', 30_000);
    expect(contact.snapshot.value.status).toBe('unverified');
  } finally {
    fork.close();
  }
}, 60_000);

it('shows a list that lacks what the chain has: sending stops until the person goes on', async () => {
  const relay = new TappedRelay();
  const ada = await personOn(relay, both());
  await local.fund(hexToBytes(accountOf(ada)), { pcx: UNIT });
  const identity = await ada.openIdentity();
  const hidden = deviceOf(ada).log;
  await identity.rename(1, 'renamed');
  await anchored(identity);
  // Bo never saw more than the relay shows.
  const bo = await personOn(relay, both());
  const hex = accountOf(ada);
  relay.logOfAccount = (account, truth) => (Buffer.from(account).toString('hex') === hex ? hidden : truth);
  relay.onSend = async (pass) => pass();
  const { id: did } = await identity.did();
  expect(await refusal(() => bo.resolveDid(did))).toBe('device-log-stepped-back');
  const contact = await bo.openContact(idOf(ada));
  await status(contact, 'changed');
  const chat = await between(bo, ada);
  await chat.send('secret');
  await waitFor(chat.snapshot, ({ messages }) => messages.at(-1)?.problem === 'device-log-stepped-back');
  relay.logOfAccount = (_, truth) => truth;
  await contact.acceptChange();
  await contact.refresh();
  await status(contact, 'chain-verified');
  expect(await bo.resolveDid(did)).toEqual(await identity.did());
}, 60_000);

it('counts as not written where somebody wrote what is no head, or two, and its owner writes it anew', async () => {
  const relay = new TappedRelay();
  const ada = await personOn(relay, both());
  const account = hexToBytes(accountOf(ada));
  await local.fund(account, { pcx: UNIT });
  const coming = { type: 'Raw6', value: '0x636f6d696e67' };
  const head = (byte: string) => ({ type: 'Raw32', value: `0x${byte.repeat(32)}` });
  const identity = await ada.openIdentity();
  const bo = await personOn(relay, both());
  for (const additional of [
    [[coming, { type: 'Raw3', value: '0x616263' }]],
    [
      [coming, head('01')],
      [coming, head('02')],
    ],
  ]) {
    await register(ada, { additional });
    await identity.refresh();
    expect(identity.snapshot.value.anchor).toBe('none');
    const contact = await bo.openContact(idOf(ada));
    await waitFor(contact.snapshot, ({ chain }) => chain === 'asked');
    expect(contact.snapshot.value.status).toBe('unverified');
    await anchored(identity);
    expect(identity.snapshot.value.anchor).toBe('current');
    await contact.refresh();
    expect(contact.snapshot.value.status).toBe('chain-verified');
    contact.close();
  }
}, 60_000);

it('needs a chain', async () => {
  const client = await guestOn(createLoopback(), SHOP);
  const identity = await client.openIdentity();
  expect(identity.snapshot.value.anchor).toBe('no-chain');
  expect(await refusal(() => identity.anchorCost())).toBe('no-chain');
  expect(await refusal(() => identity.anchor())).toBe('no-chain');
  expect(await refusal(() => identity.did())).toBe('no-chain');
});
