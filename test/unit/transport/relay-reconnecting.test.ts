import { describe, expect, it, vi } from 'vitest';
import { refusal } from '../../support/codes.js';
import { Status } from '../../support/scripted-relay.js';
import { settled } from '../../support/until.js';
import {
  backOnline,
  became,
  connection,
  credentials,
  envelope,
  network,
  online,
  pause,
  PEER,
  receiver,
  state,
} from './one-connection.js';

describe('losing the connection', () => {
  it('tries again after pauses that grow, and only being caught up shortens them', async () => {
    connection.signIn(credentials, receiver);
    network.last.fall();
    expect(state()).toBe('offline');
    expect(await pause()).toBe(250);
    network.last.fall();
    expect(await pause()).toBe(500);
    // Let in, but never caught up: no success.
    await network.last.letIn();
    await became('catching-up');
    network.last.fall();
    expect(await pause()).toBe(1000);
    await backOnline();
    network.last.fall();
    expect(await pause()).toBe(250);
  });

  it('waits at most half a minute', async () => {
    vi.mocked(Math.random).mockReturnValue(0.999999);
    connection.signIn(credentials, receiver);
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 9; attempt += 1) {
      network.last.fall();
      pauses.push(await pause());
    }
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('tries at once when the platform says that the network is back', async () => {
    connection.signIn(credentials, receiver);
    network.last.fall();
    connection.reconnect();
    expect(network.sockets).toHaveLength(2);
    expect(await pause()).toBe(15_000 + 250); // this one stays silent, and nothing else is under way
  });

  it('goes on where it is until the relay said to come back, and then connects anew', async () => {
    const socket = await online();
    socket.ask({ reconnect: { after: 7 } });
    socket.ask({ deliver: { envelopes: [envelope(1n)] } });
    socket.answer(await socket.next('acknowledge'));
    expect(state()).toBe('online');
    expect(await pause()).toBe(7250);
    expect(socket.closedWith).toBe(1000);
    await backOnline();
  });

  it('comes back when the relay said, also when the relay is gone before', async () => {
    (await online()).ask({ reconnect: { after: 3 } });
    network.last.fall(1012);
    expect(state()).toBe('offline');
    expect(await pause()).toBe(3250);
    await backOnline();
    // And when it said something silly.
    network.last.ask({ reconnect: { after: 0xffffffff } });
    network.last.fall(1012);
    await vi.advanceTimersByTimeAsync(250_000);
    expect(network.sockets).toHaveLength(2);
    expect(await pause()).toBeLessThanOrEqual(50_250);
  });

  it('waits as long as a relay that refuses the log-in asks for', async () => {
    connection.signIn(credentials, receiver);
    network.last.challenge();
    const asked = await network.last.next('authenticate');
    network.last.answer(asked, { status: Status.RATE_LIMITED, retryAfter: 20 });
    await became('offline');
    expect(await pause()).toBe(20_250);
    network.last.fall();
    expect(await pause()).toBe(500);
  });

  it('keeps the connection that it has when asked to reconnect', async () => {
    await online();
    connection.reconnect();
    expect(network.sockets).toHaveLength(1);
    expect(state()).toBe('online');
  });

  it('stays away when the same device connected elsewhere, until it is asked to come back', async () => {
    const socket = await online();
    socket.fall(4409);
    expect(state()).toBe('displaced');
    expect(await pause()).toBe(Infinity);
    connection.reconnect();
    expect(state()).toBe('connecting');
    await backOnline();
  });

  it('gives up on a socket that never opens, or opens and says nothing', async () => {
    connection.signIn(credentials, receiver);
    await vi.advanceTimersByTimeAsync(14_900);
    expect(state()).toBe('connecting');
    await vi.advanceTimersByTimeAsync(100);
    expect(state()).toBe('offline');
    expect(network.last.closedWith).toBeDefined();
    expect(await pause()).toBeLessThan(1000);
    network.last.open();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(state()).toBe('offline');
  });

  it('gives up on a relay that does not answer the log-in', async () => {
    connection.signIn(credentials, receiver);
    network.last.challenge();
    await network.last.next('authenticate');
    await vi.advanceTimersByTimeAsync(15_000);
    expect(state()).toBe('offline');
  });

  it('notices a dead connection by pinging, and a living one stays', async () => {
    const socket = await online();
    await vi.advanceTimersByTimeAsync(25_000);
    socket.answer(await socket.next('ping'));
    await settled();
    await vi.advanceTimersByTimeAsync(25_000);
    expect(state()).toBe('online');
    await socket.next('ping');
    await vi.advanceTimersByTimeAsync(15_000);
    expect(state()).toBe('offline');
    expect(socket.closedWith).toBeDefined();
    expect(await pause()).toBeLessThan(1000);
  });

  it.each([
    ['random bytes', Uint8Array.of(255, 255, 255, 255)],
    ['an empty frame', new Uint8Array()],
    ['a frame of a later version', Uint8Array.of(0x7a, 0)],
    ['text', 'hello'],
    ['a Blob', new Blob([])],
    ['nothing', undefined],
  ])('closes a socket that delivers %s, and comes back', async (_, data) => {
    const socket = await online();
    socket.receive(data);
    expect(state()).toBe('offline');
    expect(socket.closedWith).toBe(4400);
    await pause();
    await backOnline();
  });

  it('takes no notice of what a socket says after it was given up', async () => {
    const old = await online();
    old.fall();
    await pause();
    old.receive(Uint8Array.of(255));
    old.ask({ queueEmpty: {} });
    old.ask({ deliver: { envelopes: [envelope(1n)] } });
    old.fall(4409);
    await settled();
    expect(state()).toBe('connecting');
    expect(receiver.delivered).toEqual([]);
    await backOnline();
  });

  it('takes no notice of answers that nobody asked for', async () => {
    const socket = await online();
    socket.answer({ id: 4242 });
    socket.answer({ id: 0 });
    const reading = connection.readLog(PEER);
    const request = await socket.next('readLog');
    socket.answer(request, { log: { entries: [] } });
    socket.answer(request, { status: Status.REFUSED });
    expect(await reading).toEqual([]);
    expect(state()).toBe('online');
  });
});

describe('closing', () => {
  it('ends the socket and every request, and never connects again', async () => {
    const socket = await online();
    const pending = refusal(() => connection.readLog(PEER));
    await socket.next('readLog');
    connection.close();
    expect(await pending).toBe('relay-unreachable');
    expect(socket.closedWith).toBe(1000);
    expect(state()).toBe('idle');
    expect(await pause()).toBe(Infinity);
    connection.reconnect();
    expect(network.sockets).toHaveLength(1);
    expect(state()).toBe('idle');
  });

  it('while it waits to try again, tries no more', async () => {
    connection.signIn(credentials, receiver);
    network.last.fall();
    connection.close();
    expect(await pause()).toBe(Infinity);
    expect(state()).toBe('idle');
  });

  it('while it connects or signs in, goes no further', async () => {
    connection.signIn(credentials, receiver);
    network.last.challenge();
    const request = await network.last.next('authenticate');
    connection.close();
    network.last.answer(request, { authenticated: {} });
    await settled();
    expect(state()).toBe('idle');
    expect(receiver.signIns).toEqual([]);
    expect(await pause()).toBe(Infinity);
  });
});
