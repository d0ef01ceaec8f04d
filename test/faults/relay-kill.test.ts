/**
 * The relay is killed with no warning, under load and while it drains, and keeps its word each time:
 * what it answered OK is delivered until acknowledged, in order; what was acknowledged never comes back.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Device } from '../../relay/test/device.js';
import {
  drainAll,
  drainSome,
  Mailbox,
  randomOf,
  receiveUntilKilled,
  sendUntilKilled,
} from '../support/mailbox-model.js';
import { RelayProcess } from '../support/relay-process.js';
import { hasPostgres, PostgresServer } from '../support/servers.js';

/** More of them in `npm run test:long`. */
const seeds = (few: number) =>
  Array.from({ length: Number(process.env['COMING_SEEDS'] ?? few) }, (_, n) => n + 1);
const data = mkdtempSync(join(tmpdir(), 'coming-relay-kill-'));

afterAll(() => rmSync(data, { recursive: true, force: true }));

test.each(seeds(2))('nothing answered is lost and nothing acknowledged returns (seed %i)', (seed) =>
  killAgainAndAgain(seed, '--data', join(data, String(seed))),
);

describe.skipIf(!hasPostgres)('with PostgreSQL', () => {
  let postgres: PostgresServer;
  beforeAll(async () => void (postgres = await PostgresServer.launch()), 60_000);
  afterAll(() => postgres.remove());

  test.each(seeds(1))('nothing answered is lost and nothing acknowledged returns (seed %i)', (seed) =>
    killAgainAndAgain(seed, '--postgres', postgres.newDatabase()),
  );
});

async function killAgainAndAgain(seed: number, ...store: readonly string[]): Promise<void> {
  const random = randomOf(seed);
  const mailboxes = new Map<Device, Mailbox>();

  let relay = await RelayProcess.start(...store);
  const senders = await Promise.all([1, 2, 3].map(() => Device.online(relay.url)));
  const receivers = await Promise.all([1, 2].map(() => Device.online(relay.url)));
  for (const receiver of receivers) mailboxes.set(receiver, new Mailbox());

  for (let round = 0; round < 3; round++) {
    // Under load.
    const load = relay.killAfter(100 + Math.floor(random() * 400));
    await Promise.all([
      ...senders.map((sender) => sendUntilKilled(sender, mailboxes, load, random)),
      ...receivers.map((receiver) => receiveUntilKilled(receiver, mailboxes.get(receiver)!, random)),
      relay.gone,
    ]);
    // While it delivers what waits.
    relay = await RelayProcess.start(...store);
    await Promise.all(
      receivers.map(async (receiver) => {
        mailboxes.get(receiver)!.reconnected();
        await Promise.race([drainSome(receiver, relay, mailboxes.get(receiver)!, random), relay.gone]);
      }),
    );
    await relay.gone;
    // All that is left.
    relay = await RelayProcess.start(...store);
    for (const [receiver, mailbox] of mailboxes) {
      mailbox.reconnected();
      await receiver.reconnect(relay.url);
      await drainAll(receiver, mailbox);
      expect(mailbox.lost()).toEqual([]);
    }
    await Promise.all(senders.map((sender) => sender.reconnect(relay.url)));
  }

  for (const receiver of receivers) {
    await receiver.reconnect(relay.url);
    await receiver.wire.next('queueEmpty');
    expect(receiver.wire.pending).toEqual([]);
  }
}

test('a relay that is told to stop says so to every device and ends well', async () => {
  const relay = await RelayProcess.start('--data', join(data, 'stop'));
  const device = await Device.online(relay.url);
  relay.stop();
  expect((await device.wire.closed).code).toBe(1012);
  expect(await relay.gone).toEqual([0, null]);
});
