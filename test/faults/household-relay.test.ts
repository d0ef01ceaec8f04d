/**
 * Two accounts with three devices each at the relay as it is shipped, over a network that tears; then one is removed.
 */
import WebSocket from 'ws';
import { expect, it } from 'vitest';
import { relay as wire } from '../../proto/gen/relay.js';
import type { WebSocketConstructor } from '../../core/transport/index.js';
import { diceOf } from '../support/bad-relay.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { between, idOf, online, SHOP, visitor, wallet, type Visitor } from '../support/on-origin.js';
import { RelayProcess } from '../support/relay-process.js';
import { until } from '../support/until.js';

/** A socket that counts the envelopes that a relay hands to it. */
function counting(count: { envelopes: number }): WebSocketConstructor {
  class Counting extends WebSocket {
    constructor(url: string | URL) {
      super(url);
      this.on('message', (data: ArrayBuffer) => {
        const { deliver } = wire.Frame.decode(new Uint8Array(data)).request ?? {};
        count.envelopes += deliver?.envelopes?.length ?? 0;
      });
    }
  }
  return Counting as unknown as WebSocketConstructor;
}

const textsOf = ({ stored }: Visitor): string[] =>
  stored.tables
    .get('messages')!
    .map(({ value }) => (value as { text: string }).text)
    .sort();

it('all agree through torn connections, and a device that was removed is handed nothing more', async () => {
  const relay = await RelayProcess.start('--data', ':memory:');
  const proxy = await CuttingProxy.start(Number(new URL(relay.url).port));
  const dice = diceOf(3);
  const counts = new Map<Visitor, { envelopes: number }>();
  const signers = [wallet(), wallet()];
  const houses: Visitor[][] = [[], []];
  for (const [house, devices] of houses.entries()) {
    for (let n = 0; n < 3; n += 1) {
      const count = { envelopes: 0 };
      const device = visitor(proxy.url, SHOP, { webSocket: counting(count) });
      await device.useWallet(signers[house]!, { access: n === 0 ? 'full' : 'origin' });
      await online(device);
      counts.set(device, count);
      devices.push(device);
    }
  }
  const six = houses.flat();
  await until(() => six.every(({ stored }) => stored.tables.get('preKeys')!.length >= 202));
  const said: string[] = [];
  const say = async (house: number, device: Visitor) => {
    const text = `message ${said.length}`;
    said.push(text);
    await (await between(device, houses[1 - house]![0]!)).send(text);
  };
  const everybodyHas = (devices: readonly Visitor[]) =>
    until(
      () => devices.every((device) => textsOf(device).join() === [...said].sort().join()),
      'everybody has everything',
    );
  await say(0, houses[0]![1]!);
  await everybodyHas(six);
  for (let round = 0; round < 12; round += 1) {
    proxy.cutAfter(500 + dice(8000));
    const house = dice(2);
    await Promise.all([say(house, houses[house]![dice(3)]!), say(1 - house, houses[1 - house]![dice(3)]!)]);
    proxy.cutAfter(Infinity);
    await Promise.all(six.map((device) => device.reconnect()));
  }
  await everybodyHas(six);

  const removed = houses[0]![2]!;
  await Promise.all(six.map(online));
  await (await houses[0]![0]!.openIdentity()).remove(3, signers[0]!);
  const before = counts.get(removed)!.envelopes;
  expect(before).toBeGreaterThan(10);
  await say(1, houses[1]![0]!);
  await say(0, houses[0]![0]!);
  await say(0, houses[0]![1]!);
  await everybodyHas(six.filter((device) => device !== removed));
  expect(counts.get(removed)!.envelopes).toBe(before);
  expect(idOf(houses[0]![0]!)).toBe(idOf(houses[0]![1]!));
});
