/**
 * What blobs must do, wherever the whole ones are kept.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { clientOf, hasObjectStorage, ObjectStorage } from '../../test/support/object-storage.js';
import { hasPostgres, PostgresServer } from '../../test/support/servers.js';
import { readArguments } from '../src/arguments.js';
import { runCommand } from '../src/commands.js';
import type { RelayOptions } from '../src/server.js';
import { granted } from './blob-device.js';
import { folder, running } from './running.js';

/** A new place, as the options of a relay, and the names of the whole blobs in it. */
type Place = () => Promise<{ options: RelayPlace; names: () => Promise<string[]> }>;
type RelayPlace = Pick<RelayOptions, 'data' | 'bucket'>;

const partsIn = (data: string) => readdirSync(join(data, 'blobs')).filter((name) => name.endsWith('.part'));

describe('in a folder', () => {
  contract(() => {
    const data = folder();
    const names = () => readdirSync(join(data, 'blobs')).filter((name) => !name.endsWith('.part'));
    return Promise.resolve({ options: { data }, names: () => Promise.resolve(names()) });
  });
});

describe.skipIf(!hasObjectStorage)('in a bucket', () => {
  let storage: ObjectStorage;
  beforeAll(async () => void (storage = await ObjectStorage.launch()), 60_000);
  afterAll(() => storage.remove());

  contract(async () => {
    const bucket = await storage.newBucket();
    const names = async () => ((await clientOf(bucket).listObjects()) ?? []).map(({ Key }) => Key);
    return { options: { data: folder(), bucket }, names };
  });

  test('while the storage is away mail goes on, and a put goes on where it was when it is back', async () => {
    const content = randomBytes(8192);
    const bucket = await storage.newBucket();
    const { url, headers, device } = await granted(content, { bucket });
    await storage.kill();
    expect((await fetch(url, { method: 'PUT', headers, body: content })).status).toBe(503);
    expect((await fetch(url)).status).toBe(503);
    expect(await device.send(device, 'still')).toBe('OK');
    await storage.start();
    const rest = { method: 'PUT', headers: { ...headers, 'upload-offset': '8192' } };
    expect((await fetch(url, rest)).status).toBe(201);
    expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(content)).toBe(true);
  }, 60_000);

  test.skipIf(!hasPostgres)('what was put through one relay is read from another', async () => {
    const postgres = await PostgresServer.launch();
    onTestFinished(() => postgres.remove());
    const shared = { postgres: postgres.newDatabase(), bucket: await storage.newBucket() };
    const content = randomBytes(8192);
    const { url, headers } = await granted(content, shared);
    const other = await running({ ...shared, data: folder() });
    expect((await fetch(url, { method: 'PUT', headers, body: content })).status).toBe(201);
    const got = await fetch(url.replace(/:\d+\//, `:${other.port}/`));
    expect(Buffer.from(await got.arrayBuffer()).equals(content)).toBe(true);
  });

  test('the doctor says whether the bucket can be used, and nothing of what opens it', async () => {
    const { url, key, secret } = await storage.newBucket();
    const examine = async (withSecret: string) => {
      const lines: string[] = [];
      const flags = ['--s3', url, '--s3-key', key, '--s3-secret', withSecret];
      const { settings } = readArguments(['doctor', '--data', folder(), ...flags], {});
      await runCommand({ command: 'doctor', subject: '', settings }, (line) => lines.push(line));
      return lines.filter((line) => line.includes('bucket'));
    };
    expect(await examine(secret)).toEqual(['ok    the bucket']);
    expect(await examine('wrong')).toEqual(['FAILS the bucket: SignatureDoesNotMatch']);
  });
});

function contract(place: Place): void {
  test('a blob that was put with a grant is there for anybody who knows its hash', async () => {
    const content = randomBytes(8192);
    const { url, headers } = await granted(content, (await place()).options);
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
    const { url, headers } = await granted(content, (await place()).options);
    await fetch(url, { method: 'PUT', headers, body: content });
    const got = await fetch(url, { headers: { range } });
    expect([got.status, got.headers.get('content-range')]).toEqual([status, contentRange]);
    expect(Buffer.from(await got.arrayBuffer()).equals(content.subarray(start, end))).toBe(true);
    expect((await fetch(url, { headers: { range: 'bytes=8192-' } })).status).toBe(416);
  });

  test('what is not what its hash says, or longer than granted, is not kept', async () => {
    const content = randomBytes(4096);
    const { options, names } = await place();
    const { url, headers, hash } = await granted(content, options);
    expect((await fetch(url, { method: 'PUT', headers, body: randomBytes(4096) })).status).toBe(422);
    expect(await names()).toEqual([]);
    expect((await fetch(url, { method: 'PUT', headers, body: randomBytes(5000) })).status).toBe(413);
    expect((await fetch(url)).status).toBe(404);
    expect((await fetch(url, { method: 'PUT', headers, body: content })).status).toBe(201);
    expect(await names()).toEqual([hash.toString('hex')]);
    expect(partsIn(options.data)).toEqual([]);
  });

  test('a put that broke off goes on where it stopped', async () => {
    const content = randomBytes(65_536);
    const { url, headers } = await granted(content, (await place()).options);
    const torn = httpRequest(url, {
      method: 'PUT',
      headers: { ...headers, 'content-length': content.length },
    });
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
    const { url, headers } = await granted(content, (await place()).options);
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

  test('a large blob goes through whole, and in pieces', async () => {
    const content = randomBytes(8 * 1024 * 1024);
    const { url, headers } = await granted(content, (await place()).options);
    expect((await fetch(url, { method: 'PUT', headers, body: content })).status).toBe(201);
    expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(content)).toBe(true);
    const middle = await fetch(url, { headers: { range: 'bytes=5000000-5999999' } });
    expect(Buffer.from(await middle.arrayBuffer()).equals(content.subarray(5_000_000, 6_000_000))).toBe(true);
  });

  test('a blob is there after a restart', async () => {
    const content = randomBytes(4096);
    const { options } = await place();
    const { url, headers, relay } = await granted(content, options);
    await fetch(url, { method: 'PUT', headers, body: content });
    await relay.close();
    const again = await running(options);
    expect((await fetch(url.replace(/:\d+\//, `:${again.port}/`))).status).toBe(200);
  });

  test('a blob whose time is over is not there, and then nowhere', async () => {
    const content = randomBytes(4096);
    const { options, names } = await place();
    const { url, headers, relay } = await granted(content, { ...options, limits: { blobKeepSeconds: -1 } });
    expect((await fetch(url, { method: 'PUT', headers, body: content })).status).toBe(201);
    expect((await fetch(url)).status).toBe(404);
    expect(await names()).toHaveLength(1);
    await relay.close();
    await running(options);
    await expect.poll(names).toEqual([]);
  });

  test('what nobody finished goes when no grant is left for it', async () => {
    const content = randomBytes(8192);
    const { options } = await place();
    const { url, headers, relay } = await granted(content, options);
    await fetch(url, { method: 'PUT', headers, body: content.subarray(0, 5000) });
    expect(partsIn(options.data)).toHaveLength(1);
    await relay.close();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3 * 24 * 3_600_000 });
    onTestFinished(() => void vi.useRealTimers());
    await running(options);
    await expect.poll(() => partsIn(options.data)).toEqual([]);
  });
}
