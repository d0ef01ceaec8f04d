import { randomBytes } from 'node:crypto';
import { expect, test, vi, onTestFinished } from 'vitest';
import { isSizeClass } from '../src/blobs/size-classes.js';
import { RATES, scaled } from '../src/rates.js';
import { granted, sha256 } from './blob-device.js';
import { Status } from './device.js';
import { running } from './running.js';

test('a grant is for one blob, for a while, and cannot be made by others', async () => {
  const content = randomBytes(4096);
  const { url, headers, device, relay } = await granted(content);
  const other = url.replace(/[0-9a-f]{64}$/, sha256(randomBytes(1)).toString('hex'));
  const put = async (to: string, authorization?: string) =>
    (await fetch(to, { method: 'PUT', body: content, headers: authorization ? { authorization } : {} }))
      .status;
  expect(await put(url)).toBe(403);
  expect(await put(other, headers.authorization)).toBe(403);
  expect(await put(url, headers.authorization.replace('.4096.', '.8192.'))).toBe(403);
  expect(await put(url, headers.authorization.slice(0, -1) + 'x')).toBe(403);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 25 * 3_600_000 });
  onTestFinished(() => void vi.useRealTimers());
  expect(await put(url, headers.authorization)).toBe(403);
  const again = await device.wire.ask({ grantBlob: { hash: sha256(content), size: 4096n } });
  expect(await put(url, `Grant ${again.blobGrant!.grant}`)).toBe(201);
  await relay.close();
});

test('sizes are few, and bounded, for each account and for all', async () => {
  expect([4096, 4608, 8192, 9216, 65_536].every(isSizeClass)).toBe(true);
  expect([0, 1, 512, 4097, 8704, 66_000].some(isSizeClass)).toBe(false);
  const rates = { ...scaled(RATES, 1e6), blobBytes: { burst: 10_000, perSecond: 1 } };
  const { device } = await granted(randomBytes(8192), { rates, limits: { blobsBytes: 4096 } });
  const ask = (size: bigint, hash = randomBytes(32)) => device.wire.ask({ grantBlob: { hash, size } });
  expect((await ask(4097n)).status).toBe(Status.MALFORMED);
  expect((await ask(128n * 1024n * 1024n)).status).toBe(Status.MALFORMED);
  expect((await ask(4096n, randomBytes(31))).status).toBe(Status.MALFORMED);
  expect(await ask(8192n)).toMatchObject({ status: Status.RATE_LIMITED });
  const other = await granted(randomBytes(8192), { limits: { blobsBytes: 4096 } });
  expect((await other.device.wire.ask({ grantBlob: { hash: randomBytes(32), size: 8192n } })).status).toBe(
    Status.QUOTA,
  );
});

test('a relay without blobs says so, and every relay says what it is', async () => {
  const relay = await running({ domain: 'relay.example' });
  const http = relay.url.replace('ws:', 'http:');
  const self: unknown = await (await fetch(`${http}/.well-known/coming.json`)).json();
  expect(self).toEqual({ protocol: 1, domain: 'relay.example', content: 98_304, keepSeconds: 2_592_000 });
  expect((await fetch(`${http}/blobs/${'0'.repeat(64)}`)).status).toBe(404);
});
