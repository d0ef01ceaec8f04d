import { describe, expect, it } from 'vitest';
import { toUint64 } from '../../../proto/int64.js';
import { settled, until } from '../../support/until.js';
import { became, envelope, network, online, pause, PEER, receiver, state } from './one-connection.js';

describe('deliveries', () => {
  it('are acknowledged when they are stored, by number', async () => {
    const socket = await online();
    const far = (1n << 60n) + 1n;
    socket.ask({ deliver: { envelopes: [envelope(1n), envelope(far)] } });
    const { acknowledge } = await socket.next('acknowledge');
    expect(acknowledge!.seqs).toEqual([toUint64(1n), toUint64(far)]);
    expect(receiver.delivered).toEqual([
      [
        expect.objectContaining({
          seq: 1n,
          senderAccount: PEER,
          senderDevice: 3,
          type: 2,
          receivedAt: 1_700_000_000,
        }),
        expect.objectContaining({ seq: far }),
      ],
    ]);
  });

  it('that the relay does not keep have no number and are not acknowledged', async () => {
    const socket = await online();
    socket.ask({ deliver: { envelopes: [envelope(0n)] } });
    socket.ask({ deliver: { envelopes: [envelope(0n), envelope(5n)] } });
    expect((await socket.next('acknowledge')).acknowledge!.seqs).toEqual([toUint64(5n)]);
    expect(receiver.delivered).toHaveLength(2);
    expect(state()).toBe('online');
  });

  it('are not acknowledged before they are stored', async () => {
    const socket = await online();
    let store!: (seqs: bigint[]) => void;
    receiver.store = () => new Promise((resolve) => (store = resolve));
    socket.ask({ deliver: { envelopes: [envelope(1n)] } });
    await until(() => receiver.delivered.length === 1);
    await settled();
    expect(socket.asked).toEqual([]);
    store([1n]);
    await socket.next('acknowledge');
  });

  it('are handed on one at a time, in order', async () => {
    const socket = await online();
    const store: ((seqs: bigint[]) => void)[] = [];
    receiver.store = () => new Promise((resolve) => store.push(resolve));
    socket.ask({ deliver: { envelopes: [envelope(1n)] } });
    socket.ask({ deliver: { envelopes: [envelope(2n)] } });
    await until(() => store.length === 1);
    await settled();
    expect(receiver.delivered).toHaveLength(1);
    store[0]!([1n]);
    socket.answer(await socket.next('acknowledge'));
    await until(() => store.length === 2);
    store[1]!([2n]);
    expect((await socket.next('acknowledge')).acknowledge!.seqs).toEqual([toUint64(2n)]);
  });

  it('come again after a pause when some could not be stored', async () => {
    const socket = await online();
    receiver.store = () => [1n];
    socket.ask({ deliver: { envelopes: [envelope(1n), envelope(2n)] } });
    const acknowledged = await socket.next('acknowledge');
    expect(acknowledged.acknowledge!.seqs).toEqual([toUint64(1n)]);
    socket.answer(acknowledged);
    await became('offline');
    expect(await pause()).toBeGreaterThan(0);
    receiver.store = (all) => all.map(({ seq }) => seq);
    await network.last.letIn();
    network.last.ask({ deliver: { envelopes: [envelope(2n)] } });
    expect((await network.last.next('acknowledge')).acknowledge!.seqs).toEqual([toUint64(2n)]);
  });

  it('come again when storing failed altogether', async () => {
    const socket = await online();
    receiver.store = () => Promise.reject(new Error('broken'));
    socket.ask({ deliver: { envelopes: [envelope(1n)] } });
    await became('offline');
    expect(socket.asked).toEqual([]);
    expect(await pause()).toBeLessThan(Infinity);
  });

  it.each([
    ['an id of another length', { id: new Uint8Array(15) }],
    ['no sender', { senderAccount: new Uint8Array() }],
    ['no sending device', { senderDevice: 0 }],
    ['a device id out of range', { senderDevice: 128 }],
    ['no content', { content: new Uint8Array() }],
    ['a time out of range', { receivedAt: toUint64((1n << 64n) - 1n) }],
  ])('with %s break the protocol: nothing of them is handed on', async (_, changes) => {
    const socket = await online();
    socket.ask({ deliver: { envelopes: [envelope(1n), envelope(2n, changes)] } });
    await became('offline');
    expect(receiver.delivered).toEqual([]);
    expect(socket.asked).toEqual([]);
  });

  it('of a notice that keys run low reach whoever fills them up', async () => {
    const socket = await online();
    socket.ask({ keysLow: { counts: { oneTimeKeys: 3, oneTimeKyberKeys: 4 } } });
    expect(receiver.lows).toEqual([{ oneTime: 3, oneTimeKyber: 4 }]);
  });
});
