import { expect, test } from 'vitest';
import { fromWireEntry, guestSigner, toWireEntry, verifyLog } from '../../core/identity/index.js';
import { changeLog } from '../../core/identity/log-changes.js';
import { Device, Status, Wire } from './device.js';
import { folder, running } from './running.js';

test('a log that was appended is served to anybody', async () => {
  const { url } = await running();
  const device = await Device.online(url);
  await Device.online(url, device);
  const anybody = await Wire.open(url);
  const answer = await anybody.ask({ readLog: { account: device.account } });
  const log = await verifyLog(device.account, answer.log!.entries!.map(fromWireEntry));
  expect(log.head).toEqual(device.log.head);
  expect(log.devices).toHaveLength(2);
});

test('an account without a log is unknown', async () => {
  const { url } = await running();
  const wire = await Wire.open(url);
  expect(await wire.status({ readLog: { account: new Uint8Array(32) } })).toBe('UNKNOWN_ACCOUNT');
});

test('a repeated append is answered OK and appends nothing', async () => {
  const { url } = await running();
  const device = await Device.make();
  const wire = await Wire.open(url);
  for (let i = 0; i < 3; i++) expect(await wire.status({ appendLog: device.appendLog() })).toBe('OK');
  expect((await wire.ask({ readLog: { account: device.account } })).log!.entries).toHaveLength(1);
});

test('an entry whose text or signature was changed is refused', async () => {
  const { url } = await running();
  const device = await Device.make();
  const wire = await Wire.open(url);
  const append = device.appendLog();
  const entry = append.entry!;
  const changed = [
    { ...entry, text: entry.text!.replace('a test', 'b test') },
    { ...entry, text: 'hello' },
    { ...entry, signature: new Uint8Array(64) },
    { ...entry, scheme: 2 },
  ];
  for (const forged of changed) {
    expect(await wire.status({ appendLog: { ...append, entry: forged } })).toBe('REFUSED');
  }
  expect(await wire.status({ readLog: { account: device.account } })).toBe('UNKNOWN_ACCOUNT');
});

test('an entry of another account is refused', async () => {
  const { url } = await running();
  const [device, other] = [await Device.make(), await Device.make()];
  const wire = await Wire.open(url);
  const append = { ...device.appendLog(), account: other.account };
  expect(await wire.status({ appendLog: append })).toBe('REFUSED');
});

test('an append that breaks a rule of lengths is malformed', async () => {
  const { url } = await running();
  const append = (await Device.make()).appendLog();
  const wire = await Wire.open(url);
  const changes = [
    { account: new Uint8Array(33) },
    { previous: new Uint8Array(5) },
    { entry: {} },
    { entry: { ...append.entry, scheme: 9 } },
    { entry: { ...append.entry, signature: new Uint8Array(63) } },
  ];
  for (const change of changes) {
    expect(await wire.status({ appendLog: { ...append, ...change } })).toBe('MALFORMED');
  }
});

test('of two devices that enrol at the same moment one is told what the log has become', async () => {
  const { url } = await running();
  const first = await Device.online(url);
  const before = first.log;
  const second = await Device.make(first);
  first.log = before;
  const third = await Device.make(first);
  const wires = await Promise.all([Wire.open(url), Wire.open(url)]);
  const answers = await Promise.all([
    wires[0].ask({ appendLog: second.appendLog() }),
    wires[1].ask({ appendLog: third.appendLog() }),
  ]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([Status.OK, Status.LOG_CHANGED]);
  const loser = answers.find(({ status }) => status === Status.LOG_CHANGED)!;
  const winner = answers[0].status === Status.OK ? second : third;
  expect(loser.log!.entries!.map((entry) => entry.text)).toEqual(winner.log.entries.map(({ text }) => text));
});

test('an entry on top of a log that the relay does not have is told so', async () => {
  const { url } = await running();
  const first = await Device.make();
  const second = await Device.make(first);
  const wire = await Wire.open(url);
  const answer = await wire.ask({ appendLog: second.appendLog() });
  expect(answer.status).toBe(Status.LOG_CHANGED);
  expect(answer.log!.entries).toEqual([]);
});

test('a first entry for an account that has a log is told so', async () => {
  const { url } = await running();
  const first = await Device.online(url);
  const append = { account: first.account, entry: toWireEntry((await Device.make()).log.entries[0]!) };
  expect((await first.wire.ask({ appendLog: append })).status).toBe(Status.LOG_CHANGED);
});

test('a log goes on after a restart', async () => {
  const data = folder();
  const before = await running({ data });
  const first = await Device.online(before.url);
  await before.close();
  const after = await running({ data });
  const second = await Device.online(after.url, first);
  expect(second.id).toBe(2);
  const answer = await second.wire.ask({ readLog: { account: first.account } });
  expect(answer.log!.entries).toHaveLength(2);
});

test('a full cache of verified logs forgets and still extends every log', async () => {
  const { url } = await running({ limits: { cachedLogs: 1 } });
  const [a, b] = [await Device.online(url), await Device.online(url)];
  for (const device of [a, b, a, b]) await Device.online(url, device);
  expect(a.log.entries).toHaveLength(3);
});

test('a device that is removed is closed, does not come back, and may not use what it signed before', async () => {
  const { url } = await running();
  const phone = await Device.online(url);
  const laptop = await Device.online(url, phone);
  await phone.remove(laptop);
  expect(await phone.wire.status({ appendLog: phone.appendLog() })).toBe('OK');
  expect(await laptop.wire.closed).toEqual({ code: 4401, reason: 'authenticate again' });
  laptop.wire = await Wire.open(url);
  expect((await laptop.logIn()).status).toBe(Status.UNKNOWN_DEVICE);
});

test('a device that is removed while it logs in does not stay', async () => {
  const { url } = await running();
  const phone = await Device.online(url);
  for (let i = 0; i < 12; i++) {
    const laptop = await Device.online(url, phone);
    laptop.wire.socket.terminate();
    await phone.remove(laptop);
    laptop.wire = await Wire.open(url);
    const { nonce } = await laptop.wire.next('challenge');
    const authenticate = await laptop.signed(nonce!);
    const asked = laptop.wire.status({ authenticate });
    for (let turn = 0; turn < i % 4; turn++) await new Promise(setImmediate);
    expect(await phone.wire.status({ appendLog: phone.appendLog() })).toBe('OK');
    if ((await asked) === 'OK') expect((await laptop.wire.closed).code).toBe(4401);
  }
});

/** A relay with one branch of a forked log, and a device of the other branch. */
async function forked(data = folder()) {
  const relay = await running({ data });
  const first = await Device.online(relay.url);
  const root = first.log;
  const dropped = await Device.online(relay.url, first);
  first.log = root;
  const kept = await Device.make(first);
  const log = await changeLog(kept.log, guestSigner(first.guest), { kind: 'repair', other: dropped.log });
  const repair = {
    account: first.account,
    previous: dropped.log.head,
    repaired: log.entries.map(toWireEntry),
  };
  const served = async () => {
    const { log: state } = await (await Wire.open(relay.url)).ask({ readLog: { account: first.account } });
    return state!.entries!.map(({ text }) => text);
  };
  return { ...relay, data, first, root, dropped, kept, log, repair, served };
}

test('a log that says that the relay’s branch does not count takes its place, for good', async () => {
  const { url, data, close, first, dropped, kept, log, repair, served } = await forked();
  const gone = dropped.wire.closed;
  expect(await first.wire.status({ appendLog: repair })).toBe('OK');
  expect(await served()).toEqual(log.entries.map(({ text }) => text));
  await first.wire.next('devicesChanged');
  await gone;
  await kept.reconnect(url);
  expect(await first.wire.status({ appendLog: repair })).toBe('OK'); // again: nothing changes
  first.log = log;
  await Device.online(url, first);
  await close();
  const after = await running({ data });
  await kept.reconnect(after.url);
  expect((await kept.wire.ask({ readLog: { account: first.account } })).log!.entries).toHaveLength(4);
});

test('a log takes the place of another only if it repairs it', async () => {
  const { first, root, dropped, kept, log, repair, served } = await forked();
  const before = await served();
  const rest = (entries: typeof log.entries) => ({ ...repair, repaired: entries.map(toWireEntry) });
  // Another branch without a word about this one, an older log, one that goes on: not in this way.
  expect(await first.wire.status({ appendLog: rest(kept.log.entries) })).toBe('REFUSED');
  expect(await first.wire.status({ appendLog: rest(root.entries) })).toBe('REFUSED');
  first.log = dropped.log;
  expect(await first.wire.status({ appendLog: rest((await Device.make(first)).log.entries) })).toBe(
    'REFUSED',
  );
  expect(await first.wire.status({ appendLog: { ...repair, previous: root.head } })).toBe('LOG_CHANGED');
  const forged = log.entries.map((entry) => ({ ...entry, signature: new Uint8Array(64) }));
  expect(await first.wire.status({ appendLog: rest(forged) })).toBe('REFUSED');
  expect(await served()).toEqual(before);
});
