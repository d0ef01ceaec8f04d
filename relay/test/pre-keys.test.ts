import { expect, test } from 'vitest';
import { Device, hex, preKeys, Status } from './device.js';
import { running } from './running.js';

/** The bundles that one device gets of another. */
async function claim(from: Device, of: Device, deviceIds: number[] = []) {
  const answer = await from.wire.ask({ claimKeys: { account: of.account, deviceIds } });
  expect(answer.status).toBe(Status.OK);
  return answer.keys!.bundles!;
}

test('published keys are counted', async () => {
  const { url } = await running();
  const bob = await Device.online(url);
  expect((await bob.wire.ask({ countKeys: {} })).counts).toMatchObject({ oneTimeKeys: 0 });
  const answer = await bob.wire.ask({ publishKeys: preKeys(7) });
  expect(answer.counts).toMatchObject({ oneTimeKeys: 7, oneTimeKyberKeys: 7 });
  expect((await bob.wire.ask({ countKeys: {} })).counts).toMatchObject({
    oneTimeKeys: 7,
    oneTimeKyberKeys: 7,
  });
});

test('a bundle holds what was published', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  const keys = preKeys(1);
  await bob.wire.ask({ publishKeys: keys });
  const [bundle] = await claim(alice, bob);
  expect(bundle).toMatchObject({ deviceId: bob.id, registrationId: 77 });
  expect(hex(bundle!.signedPreKey!.publicKey!)).toBe(hex(keys.signedPreKey!.publicKey!));
  expect(hex(bundle!.signedPreKey!.signature!)).toBe(hex(keys.signedPreKey!.signature!));
  expect(hex(bundle!.kyberPreKey!.publicKey!)).toBe(hex(keys.oneTimeKyberKeys![0]!.publicKey!));
  expect(hex(bundle!.oneTimeKey!.publicKey!)).toBe(hex(keys.oneTimeKeys![0]!.publicKey!));
});

test('a one-time key is given out once, however many ask at the same time', async () => {
  const { url } = await running();
  const [alice, carol, bob] = [await Device.online(url), await Device.online(url), await Device.online(url)];
  await bob.wire.ask({ publishKeys: preKeys(20) });
  const claims = Array.from({ length: 20 }, (_, i) => claim(i % 2 ? alice : carol, bob));
  const bundles = (await Promise.all(claims)).flat();
  expect(new Set(bundles.map((bundle) => bundle.oneTimeKey!.id)).size).toBe(20);
  expect(new Set(bundles.map((bundle) => bundle.kyberPreKey!.id)).size).toBe(20);
});

test('when no one-time key is left the last-resort key answers', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  const keys = preKeys(1);
  await bob.wire.ask({ publishKeys: keys });
  await claim(alice, bob);
  for (let i = 0; i < 2; i++) {
    const [bundle] = await claim(alice, bob);
    expect(bundle!.oneTimeKey).toBeFalsy();
    expect(hex(bundle!.kyberPreKey!.publicKey!)).toBe(hex(keys.lastResortKyberKey!.publicKey!));
  }
});

test('publishing again replaces the standing keys and adds only new one-time keys', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  await bob.wire.ask({ publishKeys: preKeys(5) });
  const again = preKeys(8);
  const answer = await bob.wire.ask({ publishKeys: again });
  expect(answer.counts).toMatchObject({ oneTimeKeys: 8, oneTimeKyberKeys: 8 });
  const [bundle] = await claim(alice, bob);
  expect(hex(bundle!.signedPreKey!.publicKey!)).toBe(hex(again.signedPreKey!.publicKey!));
  expect(hex(bundle!.oneTimeKey!.publicKey!)).not.toBe(hex(again.oneTimeKeys![0]!.publicKey!));
});

test('a claim answers for every device that has published, or for those named', async () => {
  const { url } = await running();
  const alice = await Device.online(url);
  const phone = await Device.online(url);
  const laptop = await Device.online(url, phone);
  await Device.online(url, phone);
  for (const device of [phone, laptop]) await device.wire.ask({ publishKeys: preKeys(3) });
  const ids = async (named?: number[]) => (await claim(alice, phone, named)).map(({ deviceId }) => deviceId);
  expect(await ids()).toEqual([phone.id, laptop.id]);
  expect(await ids([laptop.id])).toEqual([laptop.id]);
  expect(await ids([99])).toEqual([]);
  expect(await alice.wire.status({ claimKeys: { account: new Uint8Array(32) } })).toBe('UNKNOWN_ACCOUNT');
});

test('a device is told once when its keys run low, and again after it has refilled', async () => {
  const { url } = await running();
  const [alice, bob] = [await Device.online(url), await Device.online(url)];
  await bob.wire.next('queueEmpty');
  await bob.wire.ask({ publishKeys: preKeys(21) });
  for (let i = 0; i < 3; i++) await claim(alice, bob);
  expect((await bob.wire.next('keysLow')).counts).toMatchObject({ oneTimeKeys: 19, oneTimeKyberKeys: 19 });
  expect(await bob.wire.status({ publishKeys: preKeys(3, 100) })).toBe('OK');
  expect(bob.wire.pending).not.toContain('keysLow');
  for (let i = 0; i < 2; i++) await claim(alice, bob);
  expect((await bob.wire.next('keysLow')).counts).toMatchObject({ oneTimeKeys: 19 });
});

test('keys that break a rule of lengths are malformed and nothing is stored', async () => {
  const { url } = await running();
  const bob = await Device.online(url);
  const good = preKeys(2);
  const key = { id: 1, publicKey: new Uint8Array(33), signature: new Uint8Array(64) };
  const kyber = { id: 1, publicKey: new Uint8Array(1569), signature: new Uint8Array(64) };
  const changes = [
    { signedPreKey: { ...key, publicKey: new Uint8Array(32) } },
    { signedPreKey: { ...key, signature: new Uint8Array(63) } },
    { lastResortKyberKey: { ...kyber, publicKey: new Uint8Array(1568) } },
    { lastResortKyberKey: { id: 1, publicKey: kyber.publicKey } },
    { oneTimeKeys: [key] },
    { oneTimeKeys: preKeys(101).oneTimeKeys! },
    { oneTimeKyberKeys: [key] },
    { oneTimeKyberKeys: Array.from({ length: 101 }, () => ({})) },
  ];
  for (const change of changes) {
    expect(await bob.wire.status({ publishKeys: { ...good, ...change } })).toBe('MALFORMED');
  }
  expect((await bob.wire.ask({ countKeys: {} })).counts).toMatchObject({
    oneTimeKeys: 0,
    oneTimeKyberKeys: 0,
  });
});

test('a device cannot have the relay keep more keys than it may', async () => {
  const { url } = await running({ limits: { storedKeys: 5 } });
  const bob = await Device.online(url);
  expect(await bob.wire.status({ publishKeys: preKeys(6) })).toBe('QUOTA');
  expect(await bob.wire.status({ publishKeys: preKeys(5) })).toBe('OK');
  expect(await bob.wire.status({ publishKeys: preKeys(5) })).toBe('OK');
  expect(await bob.wire.status({ publishKeys: preKeys(1, 6) })).toBe('QUOTA');
});
