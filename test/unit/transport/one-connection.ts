/**
 * A connection to a scripted relay, new for each test of the file that imports this; the timers are the test's.
 *
 * @module
 */
import { afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { enrolDevice, guestAccount, guestSigner, type DeviceLog } from '../../../core/identity/index.js';
import { platformPrimitives, type KeyPair } from '../../../core/ratchet/index.js';
import { RelayConnection, type Credentials } from '../../../core/transport/index.js';
import { toUint64 } from '../../../proto/int64.js';
import { newDevice } from '../../support/accounts.js';
import { NotingReceiver } from '../../support/receiver.js';
import { ScriptedNetwork, type ScriptedSocket } from '../../support/scripted-relay.js';
import { until } from '../../support/until.js';

const guest = await guestAccount(new Uint8Array(32).fill(1));
export const { account } = guest;
export const PEER = new Uint8Array(32).fill(2);
export const HEAD = new Uint8Array(32).fill(3);

export let identity: KeyPair;
export let log: DeviceLog;
export let credentials: Credentials;
export let network: ScriptedNetwork;
export let connection: RelayConnection;
export let receiver: NotingReceiver;

beforeAll(async () => {
  identity = await (await platformPrimitives()).generateKeyPair();
  const device = (n: number) => newDevice(n, n === 1 ? { identityKey: identity.publicKey } : {});
  const first = await enrolDevice(undefined, guestSigner(guest), device(1));
  log = await enrolDevice(first, guestSigner(guest), device(2));
  credentials = { account, deviceId: 1, identityPrivate: identity.privateKey, log: () => log.entries };
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  vi.spyOn(Math, 'random').mockReturnValue(0);
  network = new ScriptedNetwork();
  receiver = new NotingReceiver();
  connectAnew();
});

afterEach(() => {
  connection.close();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Another connection in place of the last one. */
export function connectAnew(): void {
  let counter = 0;
  connection = new RelayConnection({
    url: 'wss://relay.example:8443/v1',
    webSocket: network.webSocket,
    randomBytes: (length) => new Uint8Array(length).fill((counter += 1)),
  });
}

export const state = () => connection.state.value;
export const became = (wanted: string) => until(() => state() === wanted, `the connection is ${wanted}`);

/** Signed in, nothing waiting. */
export async function online(): Promise<ScriptedSocket> {
  connection.signIn(credentials, receiver);
  return backOnline();
}

export async function backOnline(): Promise<ScriptedSocket> {
  const socket = network.last;
  await socket.letIn();
  await became('catching-up');
  socket.ask({ queueEmpty: {} });
  await became('online');
  return socket;
}

/** How long the connection waits until it opens another socket, ms. */
export async function pause(): Promise<number> {
  const before = network.sockets.length;
  for (let waited = 0; waited <= 60_000; waited += 50) {
    if (network.sockets.length > before) return waited;
    await vi.advanceTimersByTimeAsync(50);
  }
  return Infinity;
}

export function envelope(seq: bigint, changes: object = {}) {
  return {
    seq: toUint64(seq),
    id: new Uint8Array(16).fill(Number(seq % 251n)),
    senderAccount: PEER,
    senderDevice: 3,
    type: 2,
    content: Uint8Array.of(1, 2, 3),
    receivedAt: toUint64(1_700_000_000n),
    ...changes,
  };
}
