import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ComingClient } from '../../../core/client.js';
import { parseComingId } from '../../../core/identity/index.js';
import { createLocalClient, type LocalClientOptions } from '../../../core/local/index.js';
import {
  MemoryDatabase,
  MemoryStorage,
  type Range,
  type Row,
  type TableName,
  type Tables,
} from '../../../core/store/index.js';
import { createLoopback, type LoopbackRelay } from '../../../core/transport/index.js';
import { independentSigner } from '../../support/accounts.js';
import { refusal } from '../../support/codes.js';
import { newProfile } from '../../support/indexed-databases.js';
import { ScriptedNetwork, Status } from '../../support/scripted-relay.js';
import { settled, until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';

const PEER = '5PoEoB4Zs16GGaSSxRC4LRMRWZfYgcqjDEBc3YzrCShRfS1u';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** The phases that a client goes through. */
function phasesOf(client: ComingClient): string[] {
  const phases: string[] = [];
  client.status.subscribe(({ phase }) => phases.push(phase));
  return phases;
}

async function expectClosed(client: ComingClient): Promise<void> {
  const signer = await independentSigner('ed25519', 'Late');
  const calls: Record<string, () => Promise<unknown>> = {
    becomeGuest: () => client.becomeGuest(),
    useWallet: () => client.useWallet(signer),
    openConversation: () => client.openConversation(PEER),
    reconnect: () => client.reconnect(),
    erase: () => client.erase(),
  };
  for (const [name, call] of Object.entries(calls)) expect(await refusal(call), name).toBe('closed');
  expect(client.status.value).toMatchObject({ phase: 'closed', connection: 'idle' });
}

describe.each<[string, () => Partial<LocalClientOptions>]>([
  ['in memory', () => ({ storage: 'memory' })],
  ['in IndexedDB', () => ({ profile: newProfile() })],
])('a closed client, kept %s,', (_, where) => {
  const newClient = (relay: LoopbackRelay = createLoopback()) => createLocalClient({ relay, ...where() });

  it('refuses everything with the same code', async () => {
    const client = newClient();
    await client.becomeGuest();
    const conversation = await client.openConversation(PEER);
    await client.close();
    await expectClosed(client);
    expect(await refusal(() => conversation.send('late'))).toBe('closed');
    expect(await refusal(() => conversation.markRead())).toBe('closed');
    expect(await refusal(() => conversation.setPetname('late'))).toBe('closed');
    expect(await refusal(() => conversation.retry('00'))).toBe('closed');
    await client.close();
  });

  it('refuses everything also when it never had an identity', async () => {
    const client = newClient();
    await client.close();
    await expectClosed(client);
  });

  it('is closed at whatever moment of its start that happened', async () => {
    for (let turns = 0; turns < 12; turns += 1) {
      const client = newClient();
      const phases = phasesOf(client);
      await settled(turns);
      await client.close();
      await settled();
      expect(phases.at(-1)).toBe('closed');
      expect(phases.slice(phases.indexOf('closed'))).toEqual(['closed']);
    }
  });

  it('gives no identity that was asked for before, or has given it already', async () => {
    for (let turns = 0; turns < 12; turns += 1) {
      const client = newClient();
      const phases = phasesOf(client);
      const becoming = client.becomeGuest().then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
      await settled(turns);
      await client.close();
      expect(['done', 'closed']).toContain(await becoming);
      await settled();
      expect(phases.at(-1)).toBe('closed');
    }
  });
});

describe('closing', () => {
  it('a client that opens an existing profile ends it, at whatever moment, and leaves the profile whole', async () => {
    const profile = newProfile();
    const relay = createLoopback();
    const first = createLocalClient({ relay, profile });
    const me = await first.becomeGuest();
    await first.close();
    for (let turns = 0; turns < 40; turns += 2) {
      const client = createLocalClient({ relay, profile });
      const phases = phasesOf(client);
      await settled(turns);
      await client.close();
      await settled();
      expect(phases.at(-1)).toBe('closed');
      expect(client.status.value.connection).toBe('idle');
      expect(relay.mailboxOf(parseComingId(me.comingId), 1).connection).toBeUndefined();
    }
    const last = createLocalClient({ relay, profile });
    await waitFor(last.status, ({ phase }) => phase === 'ready');
    expect(last.status.value.me).toEqual(me);
    await last.close();
  });

  it('a client that is reading its conversations keeps it from signing in', async () => {
    const relay = createLoopback();
    const storage = new MemoryStorage();
    const first = createLocalClient({ relay, database: new MemoryDatabase(storage) });
    const { comingId } = await first.becomeGuest();
    await first.close();

    let isReading = false;
    let goOn!: () => void;
    class SlowDatabase extends MemoryDatabase {
      override async list<T extends TableName>(table: T, range?: Range): Promise<Row<Tables[T]>[]> {
        if (table === 'recent') {
          isReading = true;
          await new Promise<void>((resolve) => (goOn = resolve));
        }
        return super.list(table, range);
      }
    }
    const client = createLocalClient({ relay, database: new SlowDatabase(storage) });
    await until(() => isReading);
    const closing = client.close();
    goOn();
    await closing;
    await settled();
    expect(client.status.value).toMatchObject({ phase: 'closed', connection: 'idle' });
    expect(relay.mailboxOf(parseComingId(comingId), 1).connection).toBeUndefined();
  });

  it('while the wallet asks ends the sign-in, and no relay learns of the device', async () => {
    const network = new ScriptedNetwork();
    const client = createLocalClient({
      relay: 'wss://relay.example/',
      storage: 'memory',
      webSocket: network.webSocket,
    });
    const wallet = await independentSigner('ed25519', 'Slow');
    let sign!: () => void;
    let asked = false;
    const outcome = refusal(() =>
      client.useWallet({
        ...wallet,
        signText: async (text) => {
          asked = true;
          await new Promise<void>((resolve) => (sign = resolve));
          return wallet.signText(text);
        },
      }),
    );
    await until(() => network.sockets.length === 1);
    network.last.challenge();
    network.last.answer(await network.last.next('readLog'), { status: Status.UNKNOWN_ACCOUNT });
    await until(() => asked);
    await client.close();
    sign();
    expect(await outcome).toBe('closed');
    expect(network.sockets).toHaveLength(1);
  });

  it('lets go of the socket for good', async () => {
    const network = new ScriptedNetwork();
    const client = createLocalClient({
      relay: 'wss://relay.example/',
      storage: 'memory',
      webSocket: network.webSocket,
    });
    await client.becomeGuest();
    await until(() => network.sockets.length === 1);
    await client.close();
    expect(network.last.closedWith).toBe(1000);
    await settled();
    expect(client.status.value.connection).toBe('idle');
  });
});

describe('a relay', () => {
  it.each(['', 'relay.example', 'https://relay.example', 'wss://', 'javascript:alert(1)'])(
    'cannot be at %j',
    (relay) => {
      expect(() => createLocalClient({ relay, storage: 'memory' })).toThrow(RangeError);
    },
  );
});
