/**
 * The disk is full, really: the relay refuses with a reason, loses nothing that it answered, and goes on when there
 * is room.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sha256 } from '../../relay/test/blob-device.js';
import { Device, envelope, Status } from '../../relay/test/device.js';
import { RelayProcess } from '../support/relay-process.js';
import { SmallDisk } from '../support/small-disk.js';

const MIB = 1024 * 1024;
/** The reserve of the relay, and some more. */
const SIZE = 100;

const probe = SmallDisk.mount(1);
probe?.unmount();

/** A relay on a disk of its own, two devices, and mail that waits for the second. */
async function onSmallDisk() {
  const disk = SmallDisk.mount(SIZE)!;
  onTestFinished(() => disk.unmount());
  const data = join(disk.path, 'data');
  const relay = await RelayProcess.start('--data', data);
  const [alice, bob] = [await Device.online(relay.url), await Device.online(relay.url)];
  bob.wire.socket.terminate();
  const held = Array.from({ length: 40 }, (_, i) => `held ${i}`);
  for (const text of held) expect(await alice.send(bob, text)).toBe('OK');
  return { disk, data, relay, alice, bob, held };
}

/** Resolves when the relay takes no mail any more; what it took until then is the sender's own. */
async function noticed(sender: Device): Promise<void> {
  await expect.poll(() => sender.send(sender, 'is there room?')).toBe('UNAVAILABLE');
}

const textsOf = (received: readonly { readonly text: string }[]) => received.map(({ text }) => text);

test.skipIf(!probe)('a disk in its reserve takes acknowledgements and no mail', async () => {
  const { disk, relay, alice, bob, held } = await onSmallDisk();
  await disk.fillUpTo(8 * MIB);
  await noticed(alice);
  const mail = alice.mail(bob, envelope(bob, 'new'));
  expect(await alice.wire.ask(mail)).toMatchObject({ reason: 'no room', retryAfter: 60 });
  await bob.reconnect(relay.url);
  const received = await bob.receiveMany(held.length);
  expect(textsOf(received)).toEqual(held);
  expect(await bob.acknowledge(...received)).toBe('OK');
  disk.makeRoom();
  await expect.poll(() => alice.wire.status(mail)).toBe('OK');
  expect(textsOf(await bob.receive())).toEqual(['new']);
});

test.skipIf(!probe)(
  'a disk with no byte left takes acknowledgements, loses nothing, also to a kill, and is used again',
  async () => {
    const { disk, data, relay, alice, bob, held } = await onSmallDisk();
    await disk.fillUpTo(0);
    await noticed(alice);
    const mail = alice.mail(bob, envelope(bob, 'new'));
    expect((await alice.wire.ask(mail)).status).toBe(Status.UNAVAILABLE);
    await bob.reconnect(relay.url);
    const received = await bob.receiveMany(held.length);
    expect(textsOf(received)).toEqual(held);
    for (const one of received.slice(0, 20)) expect(await bob.acknowledge(one)).toBe('OK');
    relay.kill();
    await relay.gone;
    const again = await RelayProcess.start('--data', data);
    await Promise.all([alice.reconnect(again.url), bob.reconnect(again.url)]);
    const back = await bob.receiveMany(20);
    expect(textsOf(back)).toEqual(held.slice(20));
    expect((await alice.wire.ask(mail)).status).toBe(Status.UNAVAILABLE);
    disk.makeRoom();
    await expect.poll(() => alice.wire.status(mail)).toBe('OK');
    expect(await bob.acknowledge(...back)).toBe('OK');
    expect(textsOf(await bob.receive())).toEqual(['new']);
  },
);

test.skipIf(!probe)(
  'a full disk keeps what came of a blob, and the rest follows when there is room',
  async () => {
    const { disk, relay, alice } = await onSmallDisk();
    const content = randomBytes(8 * MIB);
    const hash = sha256(content);
    const { blobGrant } = await alice.wire.ask({ grantBlob: { hash, size: BigInt(content.length) } });
    const url = `${relay.url.replace('ws:', 'http:')}/blobs/${hash.toString('hex')}`;
    const headers = { authorization: `Grant ${blobGrant!.grant}` };
    await disk.fillUpTo(2 * MIB);
    const refused = await fetch(url, { method: 'PUT', headers, body: content });
    expect(refused.status).toBe(507);
    const progress = Number((await fetch(url, { method: 'HEAD', headers })).headers.get('upload-offset'));
    expect(progress).toBeGreaterThan(0);
    disk.makeRoom();
    const rest = await fetch(url, {
      ...{ method: 'PUT', body: content.subarray(progress) },
      headers: { ...headers, 'upload-offset': String(progress) },
    });
    expect(rest.status).toBe(201);
    expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(content)).toBe(true);
  },
);
