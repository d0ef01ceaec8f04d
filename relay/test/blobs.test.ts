import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi, onTestFinished } from 'vitest';
import { isSizeClass } from '../src/blobs/size-classes.js';
import { RATES, scaled } from '../src/rates.js';
import { Device, Status } from './device.js';
import { folder, running } from './running.js';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** A device that may put one blob, and where. */
async function granted(content: Buffer, options: Parameters<typeof running>[0] = {}) {
  const data = folder();
  const relay = await running({ data, ...options });
  const device = await Device.online(relay.url);
  const hash = sha256(content);
  const { blobGrant } = await device.wire.ask({ grantBlob: { hash, size: BigInt(content.length) } });
  const url = `${relay.url.replace('ws:', 'http:')}/blobs/${hash.toString('hex')}`;
  const headers = { authorization: `Grant ${blobGrant?.grant}` };
  return { data, relay, device, hash, url, headers };
}

test('a blob that was put with a grant is there for anybody who knows its hash', async () => {
  const content = randomBytes(8192);
  const { url, headers } = await granted(content);
  expect((await fetch(url)).status).toBe(404);
  const put = await fetch(url, { method: 'PUT', headers, body: content });
  expect([put.status, put.headers.get('upload-offset')]).toEqual([201, '8192']);
  const got = await fetch(url, { headers: { origin: 'https://any.example' } });
  expect(Buffer.from(await got.arrayBuffer()).equals(content)).toBe(true);
  expect(got.headers.get('access-control-allow-origin')).toBe('*');
  expect(got.headers.get('cache-control')).toMatch(/^public, max-age=\d+, immutable$/);
  expect(got.headers.get('x-content-type-options')).toBe('nosniff');
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '8192']);
  expect((await fetch(url, { method: 'OPTIONS' })).headers.get('access-control-allow-methods')).toContain(
    'PUT',
  );
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(405);
  expect((await fetch(url, { method: 'PUT', headers, body: content })).status).toBe(201);
});

test.each([
  ['bytes=0-99', 206, 0, 100, 'bytes 0-99/8192'],
  ['bytes=8000-', 206, 8000, 8192, 'bytes 8000-8191/8192'],
  ['bytes=-10', 206, 8182, 8192, 'bytes 8182-8191/8192'],
  ['bytes=8000-99999', 206, 8000, 8192, 'bytes 8000-8191/8192'],
  ['bytes=0-1,5-6', 200, 0, 8192, null],
  ['lines=1-2', 200, 0, 8192, null],
])('the range %s is answered with %i', async (range, status, start, end, contentRange) => {
  const content = randomBytes(8192);
  const { url, headers } = await granted(content);
  await fetch(url, { method: 'PUT', headers, body: content });
  const got = await fetch(url, { headers: { range } });
  expect([got.status, got.headers.get('content-range')]).toEqual([status, contentRange]);
  expect(Buffer.from(await got.arrayBuffer()).equals(content.subarray(start, end))).toBe(true);
  expect((await fetch(url, { headers: { range: 'bytes=8192-' } })).status).toBe(416);
});

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

test('what is not what its hash says, or longer than granted, is not kept', async () => {
  const content = randomBytes(4096);
  const { url, headers, data } = await granted(content);
  expect((await fetch(url, { method: 'PUT', headers, body: randomBytes(4096) })).status).toBe(422);
  expect((await fetch(url, { method: 'PUT', headers, body: randomBytes(5000) })).status).toBe(413);
  expect((await fetch(url)).status).toBe(404);
  expect((await fetch(url, { method: 'PUT', headers, body: content })).status).toBe(201);
  expect(readdirSync(join(data, 'blobs'))).toHaveLength(1);
});

test('a put that broke off goes on where it stopped', async () => {
  const content = randomBytes(65_536);
  const { url, headers } = await granted(content);
  const torn = httpRequest(url, { method: 'PUT', headers: { ...headers, 'content-length': content.length } });
  torn.on('error', () => {});
  torn.write(content.subarray(0, 30_000));
  const progress = async () =>
    Number((await fetch(url, { method: 'HEAD', headers })).headers.get('upload-offset'));
  await expect.poll(progress).toBe(30_000);
  torn.destroy();
  const rest = (offset: number) => ({
    method: 'PUT',
    headers: { ...headers, 'upload-offset': String(offset) },
    body: content.subarray(offset),
  });
  // Until the relay has noticed that the first one is gone.
  await expect.poll(async () => (await fetch(url, rest(30_000))).status).toBe(201);
  expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(content)).toBe(true);
});

test('a part is taken at its place only', async () => {
  const content = randomBytes(8192);
  const { url, headers } = await granted(content);
  const part = (offset: number, end: number) =>
    fetch(url, {
      method: 'PUT',
      headers: { ...headers, 'upload-offset': String(offset) },
      body: content.subarray(offset, end),
    });
  expect((await part(0, 5000)).status).toBe(202);
  const early = await part(6000, 8192);
  expect([early.status, early.headers.get('upload-offset')]).toEqual([409, '5000']);
  expect((await part(5000, 8192)).status).toBe(201);
});

test('a blob is there after a restart, and gone when its time is over', async () => {
  const content = randomBytes(4096);
  const { url, headers, relay, data } = await granted(content);
  await fetch(url, { method: 'PUT', headers, body: content });
  await relay.close();
  const again = await running({ data });
  const moved = url.replace(/:\d+\//, `:${again.port}/`);
  expect((await fetch(moved)).status).toBe(200);
  await again.close();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31 * 24 * 3_600_000 });
  onTestFinished(() => void vi.useRealTimers());
  const later = await running({ data });
  expect((await fetch(url.replace(/:\d+\//, `:${later.port}/`))).status).toBe(404);
  await expect.poll(() => readdirSync(join(data, 'blobs'))).toEqual([]);
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
