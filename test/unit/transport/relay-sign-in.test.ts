import { describe, expect, it } from 'vitest';
import { headOf, toWireEntry, verifyRelayAuth } from '../../../core/identity/index.js';
import { fromTime } from '../../../proto/int64.js';
import { NONCE, RELAY_TIME, Status } from '../../support/scripted-relay.js';
import { until } from '../../support/until.js';
import {
  account,
  became,
  connectAnew,
  connection,
  credentials,
  identity,
  log,
  network,
  pause,
  receiver,
  state,
} from './one-connection.js';

describe('signing in', () => {
  it('opens nothing before it is asked to', () => {
    expect(state()).toBe('idle');
    expect(network.sockets).toEqual([]);
  });

  it('proves the device key for this relay, its nonce and this moment', async () => {
    connection.signIn(credentials, receiver);
    expect(state()).toBe('connecting');
    expect(network.last.url).toBe('wss://relay.example:8443/v1');
    network.last.challenge();
    const { authenticate } = await network.last.next('authenticate');
    expect(authenticate).toMatchObject({ account, deviceId: 1, domain: 'relay.example:8443' });
    expect(fromTime(authenticate!.time)).toBe(RELAY_TIME);
    const clientNonce = authenticate!.clientNonce!;
    expect(clientNonce).toHaveLength(32);
    const auth = {
      domain: 'relay.example:8443',
      relayNonce: NONCE,
      clientNonce,
      account,
      deviceId: 1,
      time: RELAY_TIME,
    };
    expect(await verifyRelayAuth(identity.publicKey, auth, authenticate!.signature!)).toBe(true);
  });

  it('is catching up until the relay says that nothing waits any more, then online', async () => {
    connection.signIn(credentials, receiver);
    await network.last.letIn({ oneTimeKeys: 7, oneTimeKyberKeys: 5 });
    await became('catching-up');
    expect(receiver.signIns).toEqual([{ oneTime: 7, oneTimeKyber: 5 }]);
    network.last.ask({ queueEmpty: {} });
    await became('online');
  });

  it('goes no further with a relay of another protocol version, or with a nonce that is none', async () => {
    for (const challenge of [
      { nonce: NONCE, protocol: 2 },
      { nonce: NONCE },
      { nonce: NONCE.slice(1), protocol: 1 },
      { protocol: 1 },
    ]) {
      connection.signIn(credentials, receiver);
      network.last.challenge(challenge);
      await became('offline');
      expect(network.last.asked).toEqual([]);
      connection.close();
      connectAnew();
    }
  });

  it('comes back after a pause when it was refused', async () => {
    connection.signIn(credentials, receiver);
    network.last.challenge();
    network.last.answer(await network.last.next('authenticate'), { status: Status.REFUSED });
    await became('offline');
    expect(receiver.signIns).toEqual([]);
    expect(await pause()).toBeLessThan(Infinity);
    expect(state()).toBe('connecting');
  });

  it('introduces a device that the relay does not know with its whole log, then signs in', async () => {
    connection.signIn(credentials, receiver);
    const socket = network.last;
    socket.challenge();
    socket.answer(await socket.next('authenticate'), { status: Status.UNKNOWN_DEVICE });
    socket.answer(await socket.next('readLog'), { status: Status.UNKNOWN_ACCOUNT });
    const first = await socket.next('appendLog');
    expect(first.appendLog!.account).toEqual(account);
    expect(first.appendLog!.previous).toHaveLength(0);
    expect(first.appendLog!.entry).toMatchObject({ text: log.entries[0]!.text });
    // It knows this one already.
    socket.answer(first, { status: Status.LOG_CHANGED, log: { entries: [toWireEntry(log.entries[0]!)] } });
    const second = await socket.next('appendLog');
    expect(second.appendLog!.previous).toEqual(headOf(log.entries[0]!.text));
    expect(second.appendLog!.entry).toMatchObject({ text: log.entries[1]!.text });
    socket.answer(second);
    socket.answer(await socket.next('authenticate'), { authenticated: {} });
    await became('catching-up');
  });

  it('shows what the relay has of its own account after every signing in, and whenever that changes', async () => {
    connection.signIn(credentials, receiver);
    const socket = network.last;
    socket.challenge();
    socket.answer(await socket.next('authenticate'), { authenticated: {} });
    await socket.showLog({ entries: log.entries.slice(0, 1).map(toWireEntry) });
    await until(() => receiver.ownLogs.length === 1);
    expect(receiver.ownLogs[0]).toEqual(log.entries.slice(0, 1));
    socket.ask({ devicesChanged: { account } });
    await socket.showLog({ entries: log.entries.map(toWireEntry) });
    await until(() => receiver.ownLogs.length === 2);
    expect(receiver.ownLogs[1]).toEqual(log.entries);
  });

  it('gives a relay the entries of its own log that this lacks', async () => {
    receiver.isAhead = true;
    connection.signIn(credentials, receiver);
    const socket = network.last;
    socket.challenge();
    socket.answer(await socket.next('authenticate'), { authenticated: {} });
    await socket.showLog({ entries: log.entries.slice(0, 1).map(toWireEntry) });
    socket.answer(await socket.next('appendLog'), { status: Status.LOG_CHANGED });
    const second = await socket.next('appendLog');
    expect(second.appendLog!.entry).toMatchObject({ text: log.entries[1]!.text });
  });

  it('does not go round in circles with a relay that never gets to know the device', async () => {
    connection.signIn({ ...credentials, log: () => log.entries.slice(0, 1) }, receiver);
    const socket = network.last;
    socket.challenge();
    socket.answer(await socket.next('authenticate'), { status: Status.UNKNOWN_DEVICE });
    socket.answer(await socket.next('readLog'), { status: Status.UNKNOWN_ACCOUNT });
    socket.answer(await socket.next('appendLog'));
    socket.answer(await socket.next('authenticate'), { status: Status.UNKNOWN_DEVICE });
    await became('offline');
  });
});
