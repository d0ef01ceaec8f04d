/**
 * Two accounts with three devices each, and a bad network: whatever any device says, all others show, exactly once.
 *
 * The dice decide who says what and what goes wrong; the same seed plays the same game. COMING_SEEDS is how many are played.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { BadRelay, diceOf, keysUsedTwice } from '../support/bad-relay.js';
import {
  prepareHouseholds,
  type Household,
  type HouseDevice,
  type Households,
} from '../support/households.js';
import { BANK, SHOP } from '../support/on-origin.js';
import { settled, until } from '../support/until.js';

const SEEDS = Number(process.env['COMING_SEEDS'] ?? 12);
const STEPS = 30;

let make: Households;

beforeAll(async () => {
  const places = [
    { origin: SHOP, access: 'full' },
    { origin: SHOP, access: 'origin' },
    { origin: SHOP, access: 'origin' },
  ] as const;
  // One more that has no part in what is said at the shop.
  make = await prepareHouseholds([...places, { origin: BANK, access: 'origin' }], places);
});

describe.each(Array.from({ length: SEEDS }, (_, n) => n + 1))('with seed %i', (seed) => {
  it('all six agree on every message, in spite of loss, repeats, disorder and absence', async () => {
    const dice = diceOf(seed);
    const relay = new BadRelay(dice);
    const [ada, bo] = make(relay) as [Household, Household];
    const bank = ada.devices[3]!;
    const six = [...ada.devices.slice(0, 3), ...bo.devices];
    const all = [...six, bank];
    const houseOf = (device: HouseDevice) => (ada.devices.includes(device) ? ada : bo);
    const otherOf = (device: HouseDevice) => (houseOf(device) === ada ? bo : ada);
    const said: string[] = [];
    const bySaid = new Map<string, Household>();
    const say = async (device: HouseDevice) => {
      const text = `${seed}/${said.length}`;
      said.push(text);
      bySaid.set(text, houseOf(device));
      await (await device.to(otherOf(device))).send(text);
    };
    try {
      await Promise.all(all.map((device) => device.online()));
      await say(six[1]!); // what a device of the shop begins belongs there
      await until(() => six.every((device) => device.textsWith(otherOf(device)).length === 1));
      relay.misfortune = 4 + dice(12);
      for (let step = 0; step < STEPS; step += 1) {
        const device = six[dice(six.length)]!;
        const chance = dice(20);
        if (chance < 12) {
          if (device.isOpen) await say(device);
        } else if (chance < 14) {
          if (device.isOpen) await (await device.to(otherOf(device))).markRead();
        } else if (chance < 16) {
          if (device.isOpen) await device.close();
          else device.start();
        } else if (chance < 17) {
          await Promise.all(
            six
              .filter(({ isOpen }) => isOpen)
              .slice(0, 3)
              .map(say),
          );
        } else if (chance < 18) {
          relay.online = false;
          await settled(dice(30));
          relay.online = true;
        } else {
          await settled(dice(60));
        }
      }
      // The network gets better, and everybody comes back.
      relay.misfortune = 0;
      for (const device of six) if (!device.isOpen) device.start();
      const isDone = () =>
        six.every((device) => device.isQuiet) &&
        six.every((device) => relay.mailboxOf(houseOf(device).account, device.id).waiting.length === 0) &&
        six.every((device) => device.textsWith(otherOf(device)).length >= said.length);
      for (let round = 0; round < 200 && !isDone(); round += 1) {
        for (const device of six) await device.client.reconnect().catch(() => undefined);
        await settled(200);
      }
      const all6 = [...said].sort();
      for (const device of six) {
        const where = `${houseOf(device) === ada ? 'ada' : 'bo'} ${device.id}`;
        expect(device.textsWith(otherOf(device)).sort(), where).toEqual(all6);
        for (const { text, mine, state } of device.rows('messages')) {
          expect(mine, `${where}: ${text}`).toBe(bySaid.get(text) === houseOf(device));
          if (mine) expect(['delivered', 'read'], `${where}: ${text}`).toContain(state);
        }
        expect(device.rows('undecryptable'), where).toEqual([]);
        expect(device.rows('early'), where).toEqual([]);
      }
      expect(bank.rows('messages')).toEqual([]);
      expect(relay.accepted.filter(({ to, deviceId }) => to === ada.hex && deviceId === bank.id)).toEqual([]);
      expect(keysUsedTwice(relay.sent)).toEqual([]);
    } finally {
      relay.misfortune = 0;
      await Promise.all(all.map((device) => device.close()));
    }
  });
});
