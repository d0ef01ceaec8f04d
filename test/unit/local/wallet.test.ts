import { beforeAll, beforeEach, afterEach, describe, expect, it, vi } from 'vitest';
import type { AccountSigner, ComingClient } from '../../../core/client.js';
import { ComingError } from '../../../core/errors.js';
import { createLocalClient } from '../../../core/local/index.js';
import { encodeAddress, guestAccount, guestSigner, enrolDevice } from '../../../core/identity/index.js';
import { MemoryDatabase, MemoryStorage } from '../../../core/store/index.js';
import { independentSigner, newDevice, type IndependentSigner } from '../../support/accounts.js';
import { refusal } from '../../support/codes.js';
import { guest, hasTexts, textsOf } from '../../support/people.js';
import { keysPublished } from '../../support/keys.js';
import { TappedRelay } from '../../support/tapped-relay.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';

let wallet: IndependentSigner;
let relay: TappedRelay;
let clients: ComingClient[];
let storage: MemoryStorage;

beforeAll(async () => {
  wallet = await independentSigner('sr25519', 'Wallet', { wrap: true, prefix: 42 });
});

beforeEach(() => {
  relay = new TappedRelay();
  clients = [];
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
});

function newClient(): ComingClient {
  storage = new MemoryStorage();
  const client = createLocalClient({
    relay,
    database: new MemoryDatabase(storage),
    origin: 'https://shop.example',
  });
  clients.push(client);
  return client;
}

function watched(signer: AccountSigner) {
  return { ...signer, signText: vi.fn((text: string) => signer.signText(text)) };
}

const storedRows = () => [...storage.tables.values()].flat();

/** A sign-in that is refused with this code leaves everything as it was, and another one works. */
async function refusedWith(code: string, signer: AccountSigner): Promise<ComingClient> {
  const client = newClient();
  const log = relay.logOf(wallet.account);
  expect(await refusal(() => client.useWallet(signer))).toBe(code);
  expect(client.status.value).toMatchObject({
    phase: 'signed-out',
    me: undefined,
    connection: 'idle',
    problem: undefined,
  });
  expect(storedRows()).toEqual([]);
  expect(relay.logOf(wallet.account)).toEqual(log);
  return client;
}

describe('signing in with a wallet', () => {
  it('asks for one signature, over a text that names the place and the device', async () => {
    const signer = watched(wallet);
    const client = newClient();
    const me = await client.useWallet(signer, { deviceName: 'Work laptop' });
    expect(signer.signText).toHaveBeenCalledOnce();
    const [text] = signer.signText.mock.calls[0]!;
    expect(text).toMatch(
      /^Coming device log: add a device that can read your messages on https:\/\/shop\.example\n/,
    );
    expect(text).toContain('\nName: Work laptop\n');
    expect(text).toContain(`\nComing ID: ${encodeAddress(wallet.account)}\n`);
    expect(me).toEqual({
      comingId: encodeAddress(wallet.account),
      kind: 'wallet',
      deviceId: 1,
      deviceName: 'Work laptop',
      access: 'origin',
      backedUp: true,
    });
    expect(client.status.value.me).toEqual(me);
    expect(relay.logOf(wallet.account)!.devices).toMatchObject([{ id: 1, name: 'Work laptop' }]);
  });

  it('keeps no secret of the account', async () => {
    const client = newClient();
    await client.useWallet(wallet);
    expect(storage.tables.get('meta')).toMatchObject([{ value: { kind: 'wallet', seed: undefined } }]);
  });

  it('on two devices at once puts both into the log, and messages reach both', async () => {
    const [one, two] = [newClient(), newClient()];
    const signers = [watched(wallet), watched(wallet)] as const;
    // Both prompts are open before anybody signs, so that one of the two comes too late.
    const prompted = Promise.all(signers.map(({ signText }) => until(() => signText.mock.calls.length > 0)));
    for (const { signText } of signers) {
      signText.mockImplementationOnce((text) => prompted.then(() => wallet.signText(text)));
    }
    const [first, second] = await Promise.all([one.useWallet(signers[0]), two.useWallet(signers[1])]);
    expect([first.deviceId, second.deviceId].sort()).toEqual([1, 2]);
    expect(relay.logOf(wallet.account)!.devices.map(({ id }) => id)).toEqual([1, 2]);
    const prompts = signers.map(({ signText }) => signText.mock.calls.length).sort();
    expect(prompts).toEqual([1, 2]);

    await Promise.all([keysPublished(relay, first), keysPublished(relay, second)]);
    const bo = await guest({ relay, origin: 'https://shop.example' });
    clients.push(bo.client);
    const bos = await bo.client.openConversation(first.comingId);
    await bos.send('to both');
    for (const client of [one, two]) {
      const conversation = await client.openConversation(bo.me.comingId);
      await waitFor(conversation.snapshot, hasTexts('to both'));
      expect(textsOf(conversation.snapshot.value)).toEqual(['to both']);
    }
  });

  it('that the person declines changes nothing, and can be tried again', async () => {
    const declines = {
      ...wallet,
      signText: () => Promise.reject(new ComingError('wallet-refused', 'declined')),
    };
    const client = await refusedWith('wallet-refused', declines);
    expect((await client.useWallet(wallet)).kind).toBe('wallet');
  });

  it('of a second device that the person declines leaves the first one as it is', async () => {
    await newClient().useWallet(wallet);
    await refusedWith('wallet-refused', {
      ...wallet,
      signText: () => Promise.reject(new ComingError('wallet-refused', 'declined')),
    });
    expect(relay.logOf(wallet.account)!.devices).toHaveLength(1);
  });

  it('that signs something else, or with another key or scheme, changes nothing', async () => {
    const other = await independentSigner('sr25519', 'Other');
    await refusedWith('invalid-log-entry', { ...wallet, signText: (text) => wallet.signText(`${text}.`) });
    await refusedWith('invalid-log-entry', { ...wallet, signText: (text) => other.signText(text) });
    await refusedWith('invalid-log-entry', { ...wallet, scheme: 'ed25519' });
    await refusedWith('invalid-log-entry', { ...wallet, signText: () => Promise.resolve(new Uint8Array()) });
  });

  it('asks the wallet for nothing when the address, the relay or the log is not right', async () => {
    const signer = watched(wallet);
    await refusedWith('invalid-coming-id', { ...signer, address: 'nonsense' });
    relay.online = false;
    await refusedWith('relay-unreachable', signer);
    relay.online = true;
    const other = guestSigner(await guestAccount(new Uint8Array(32).fill(8)));
    const foreign = await enrolDevice(undefined, other, newDevice(1));
    relay.logOfAccount = () => foreign.entries;
    await refusedWith('own-log-refused', signer);
    expect(signer.signText).not.toHaveBeenCalled();
  });
});

describe('a client that has an identity', () => {
  it('takes no other one, and asks no wallet', async () => {
    const signer = watched(wallet);
    const client = newClient();
    const me = await client.becomeGuest();
    expect(await refusal(() => client.becomeGuest())).toBe('already-signed-in');
    expect(await refusal(() => client.useWallet(signer))).toBe('already-signed-in');
    expect(signer.signText).not.toHaveBeenCalled();
    expect(client.status.value.me).toEqual(me);
  });

  it('takes one of two that are offered at the same moment', async () => {
    const client = newClient();
    const outcomes = await Promise.allSettled([
      client.becomeGuest(),
      client.becomeGuest(),
      client.useWallet(wallet),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(outcomes[1]).toMatchObject({ reason: { code: 'already-signed-in' } });
    expect(storage.tables.get('meta')).toHaveLength(1);
  });

  it('needs one first for a conversation', async () => {
    expect(await refusal(() => newClient().openConversation(encodeAddress(wallet.account)))).toBe(
      'not-ready',
    );
  });

  it('can be made without any network, and is known to the relay once that can be reached', async () => {
    relay.online = false;
    const client = newClient();
    const me = await client.becomeGuest();
    expect(client.status.value).toMatchObject({
      phase: 'ready',
      me,
      connection: 'offline',
      problem: undefined,
    });
    relay.online = true;
    await waitFor(client.status, ({ connection }) => connection === 'online');
    expect(client.status.value.problem).toBeUndefined();
  });

  it('has no problem when the connection goes while keys are being made: the connection says it', async () => {
    const client = newClient();
    await client.becomeGuest();
    await waitFor(client.status, ({ connection }) => connection === 'online');
    relay.online = false;
    // As long as it takes somebody else to make all their keys, this one has met the gap.
    const elsewhere = new TappedRelay();
    const other = await guest({ relay: elsewhere });
    await keysPublished(elsewhere, other.me);
    await other.client.close();
    expect(client.status.value).toMatchObject({ connection: 'offline', problem: undefined });
  });
});
