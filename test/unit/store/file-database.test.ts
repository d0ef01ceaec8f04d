import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openFileDatabase, type FileDatabaseOptions } from '../../../core/node/file-database.js';
import { MemoryDatabase, put, remove, type Database, type Key } from '../../../core/store/index.js';
import { refusal } from '../../support/codes.js';
import { describeDatabase } from '../../support/database-contract.js';
import { newFolder } from '../../support/folders.js';
import { until } from '../../support/until.js';

describeDatabase('a database in a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'coming-db-'));
  const opened: Database[] = [];
  return Promise.resolve({
    async open() {
      const db = await openFileDatabase(folder);
      opened.push(db);
      return db;
    },
    destroy() {
      for (const db of opened) db.close();
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  });
});

describe('a folder', () => {
  const row = (key: Key, at = 0) => put('seen', key as string, { at });

  async function owned(folder: string, options?: FileDatabaseOptions): Promise<Database> {
    const db = await openFileDatabase(folder, options);
    onTestFinished(() => db.close());
    await db.takeOwnership();
    return db;
  }

  /** Opens what is on the disk now, as a process would that comes after this one was killed. */
  function afterKill(folder: string): Promise<Database> {
    const copy = newFolder();
    cpSync(join(folder, 'log'), join(copy, 'log'));
    return owned(copy);
  }

  const logOf = (folder: string) => readFileSync(join(folder, 'log'));

  it('is for its owner alone', async () => {
    const folder = join(newFolder(), 'profile');
    const db = await owned(folder);
    await db.commit([row('a')]);
    const modeOf = (path: string) => statSync(path).mode & 0o777;
    expect(modeOf(folder)).toBe(0o700);
    for (const name of readdirSync(folder)) expect(modeOf(join(folder, name)), name).toBe(0o600);
  });

  it('has every commit that resolved when its process is killed, without closing', async () => {
    const folder = newFolder();
    const db = await owned(folder);
    for (let n = 0; n < 20; n += 1) {
      await db.commit([row('a', n), row(n)]);
      const read = await afterKill(folder);
      expect(await read.get('seen', 'a')).toEqual({ at: n });
      expect(await read.list('seen')).toHaveLength(n + 2);
    }
  });

  it('is empty for who opens it after it was erased, and holds nothing of what was there', async () => {
    const folder = newFolder();
    const db = await owned(folder);
    await db.commit([row('unforgettable')]);
    expect(logOf(folder).includes('unforgettable')).toBe(true);
    await db.erase();
    expect(logOf(folder).includes('unforgettable')).toBe(false);
    await db.commit([row('b')]);
    expect((await (await afterKill(folder)).list('seen')).map(({ key }) => key)).toEqual(['b']);
  });

  it('says after any commits what a database in memory says, also when it is opened again', async () => {
    const key = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.tuple(fc.constantFrom('a', 'b'), fc.nat(3)));
    const value = fc.record({
      at: fc.oneof(
        fc.double(),
        fc.bigInt(),
        fc.string({ unit: 'binary' }),
        fc.uint8Array({ maxLength: 20 }),
        fc.constantFrom(undefined, null, true, '\ud800'),
        fc.array(fc.nat()),
        fc.record({ nested: fc.nat() }),
      ),
    });
    const change = fc.oneof(
      { weight: 3, arbitrary: fc.tuple(key, value).map(([k, v]) => put('seen', k, v as { at: number })) },
      key.map((k) => remove('seen', k)),
    );
    const step = fc.oneof(
      { weight: 10, arbitrary: fc.array(change, { maxLength: 5 }) },
      fc.constantFrom('erase' as const, 'reopen' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.constantFrom(0, 300), async (steps, slack) => {
        const folder = newFolder();
        const memory = new MemoryDatabase();
        await memory.takeOwnership();
        let file = await owned(folder, { slack });
        for (const each of steps) {
          if (each === 'reopen') {
            file.close();
            file = await owned(folder, { slack });
          } else if (each === 'erase') await Promise.all([memory.erase(), file.erase()]);
          else await Promise.all([memory.commit(each), file.commit(each)]);
          expect(await file.list('seen')).toStrictEqual(await memory.list('seen'));
        }
        file.close();
      }),
      { numRuns: 60 },
    );
  });

  it('does not grow without end when the same rows are written again and again', async () => {
    const folder = newFolder();
    const db = await owned(folder, { slack: 10_000 });
    let largest = 0;
    for (let n = 0; n < 400; n += 1) {
      await db.commit([put('sessions', ['x', n % 3], { record: new Uint8Array(1000).fill(n), heardAt: n })]);
      largest = Math.max(largest, logOf(folder).length);
    }
    expect(largest).toBeLessThan(25_000);
    const read = await afterKill(folder);
    expect(await read.list('sessions')).toEqual(await db.list('sessions'));
  });

  describe('whose log ends in the middle of a commit', () => {
    it('has all commits before it, at whatever byte it ends, and goes on from there', async () => {
      const folder = newFolder();
      const db = await owned(folder);
      await db.commit([row('a')]);
      await db.commit([row('b')]);
      const whole = logOf(folder).length;
      await db.commit([row('torn')]);
      const log = logOf(folder);
      for (let length = whole; length < log.length; length += 1) {
        const copy = newFolder();
        writeFileSync(join(copy, 'log'), log.subarray(0, length));
        const read = await owned(copy);
        expect((await read.list('seen')).map(({ key }) => key)).toEqual(['a', 'b']);
        await read.commit([row('c')]);
        expect((await (await afterKill(copy)).list('seen')).map(({ key }) => key)).toEqual(['a', 'b', 'c']);
      }
    });

    it('reads the same where a power cut left zeros instead of the rest', async () => {
      const folder = newFolder();
      const db = await owned(folder);
      await db.commit([row('a')]);
      const whole = logOf(folder).length;
      await db.commit([row('torn')]);
      const log = logOf(folder);
      for (const length of [whole, whole + 8, log.length - 16]) {
        const copy = newFolder();
        writeFileSync(join(copy, 'log'), Buffer.concat([log.subarray(0, length), Buffer.alloc(5000)]));
        expect((await (await owned(copy)).list('seen')).map(({ key }) => key)).toEqual(['a']);
      }
    });
  });

  it('is refused when any one byte of it changed, or a commit is missing, doubled or moved', async () => {
    const folder = newFolder();
    const db = await owned(folder);
    const ends: number[] = [logOf(folder).length];
    for (const name of ['a', 'b', 'c']) {
      await db.commit([row(name)]);
      ends.push(logOf(folder).length);
    }
    const log = logOf(folder);
    const part = (n: number) => log.subarray(ends[n], ends[n + 1]);
    const opened = async (bytes: Buffer) => {
      const copy = newFolder();
      writeFileSync(join(copy, 'log'), bytes);
      return refusal(() => owned(copy));
    };
    for (let at = 0; at < log.length; at += 1) {
      const bent = Buffer.from(log);
      bent[at]! ^= 1 << (at % 8);
      expect(await opened(bent), `byte ${at}`).toMatch(/^(damaged|newer)-database$/);
    }
    const start = log.subarray(0, ends[0]);
    for (const parts of [
      [1, 2],
      [0, 2],
      [0, 0, 1, 2],
      [1, 0, 2],
    ]) {
      expect(await opened(Buffer.concat([start, ...parts.map(part)]))).toBe('damaged-database');
    }
    expect(await opened(Buffer.alloc(0))).toBe('damaged-database');
    expect(await opened(Buffer.from('something else that is not a log at all'))).toBe('damaged-database');
  });

  it('is read whole after its rewriting was cut short', async () => {
    const folder = newFolder();
    (await owned(folder)).close();
    writeFileSync(join(folder, 'log.new'), 'half');
    await until(() => !readdirSync(folder).includes('lock'));
    expect(await (await owned(folder)).list('seen')).toEqual([]);
    expect(readdirSync(folder)).not.toContain('log.new');
  });

  describe('the lock', () => {
    const other = (folder: string, script: string) =>
      spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });

    it('is refused to a second process, and taken over from a dead one', async () => {
      const folder = newFolder();
      // What another process writes there, with the start of its own.
      const holder = other(
        folder,
        `import { readFileSync, writeFileSync } from 'node:fs';
         import { hostname } from 'node:os';
         const stat = readFileSync('/proc/self/stat', 'utf8');
         const started = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() + '/' +
           stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
         const holder = { pid: process.pid, host: hostname(), started, token: 'theirs' };
         writeFileSync(process.argv[1] + '/lock', JSON.stringify(holder));
         console.log('held');
         process.stdin.resume();`,
      );
      onTestFinished(() => void holder.kill('SIGKILL'));
      await once(holder.stdout, 'data');
      expect(await refusal(() => openFileDatabase(folder))).toBe('not-owner');
      holder.kill('SIGKILL');
      await once(holder, 'exit');
      const db = await owned(folder);
      await db.commit([row('a')]);
      expect(await db.get('seen', 'a')).toEqual({ at: 0 });
    });

    it('of another process that has the same number is not taken for one that lives', async () => {
      const folder = newFolder();
      const holder = { pid: process.pid, host: hostname(), started: 'before/1', token: 'theirs' };
      writeFileSync(join(folder, 'lock'), JSON.stringify(holder));
      await (await owned(folder)).commit([row('a')]);
    });

    it('of another machine is left alone', async () => {
      const folder = newFolder();
      const holder = { pid: 1, host: `not-${hostname()}`, started: '', token: 'theirs' };
      writeFileSync(join(folder, 'lock'), JSON.stringify(holder));
      expect(await refusal(() => openFileDatabase(folder))).toBe('not-owner');
    });

    it('that somebody else took over lets nothing be written any more', async () => {
      const folder = newFolder();
      const db = await owned(folder);
      await db.commit([row('a')]);
      const before = logOf(folder);
      writeFileSync(join(folder, 'lock'), JSON.stringify({ token: 'theirs' }));
      expect(await refusal(() => db.commit([row('b')]))).toBe('not-owner');
      expect(await refusal(() => db.erase())).toBe('not-owner');
      expect(logOf(folder)).toEqual(before);
      expect(await db.get('seen', 'b')).toBeUndefined();
    });

    it('is given up by closing, once everything is written', async () => {
      const folder = newFolder();
      const db = await owned(folder);
      const written = db.commit([row('late')]);
      db.close();
      await written;
      await until(() => !readdirSync(folder).includes('lock'));
      expect(await (await owned(folder)).get('seen', 'late')).toEqual({ at: 0 });
    });
  });

  it('goes on after the disk was full, without what did not fit', async () => {
    const folder = newFolder();
    const db = await owned(folder);
    await db.commit([row('a')]);
    const probe = await open(join(folder, 'probe'), 'w');
    const prototype = Object.getPrototypeOf(probe) as FileHandle;
    await probe.close();
    const { write } = prototype;
    const full = vi.spyOn(prototype, 'write').mockImplementation(async function (
      this: FileHandle,
      ...args: unknown[]
    ) {
      // Half of it still fits.
      const [bytes, offset, length, position] = args as [Uint8Array, number, number, number];
      await Reflect.apply(write, this, [bytes, offset, length >> 1, position]);
      throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
    } as never);
    expect(await refusal(() => db.commit([row('b')]))).toBe('storage-full');
    full.mockRestore();
    expect(await db.get('seen', 'b')).toBeUndefined();
    await db.commit([row('c')]);
    expect((await (await afterKill(folder)).list('seen')).map(({ key }) => key)).toEqual(['a', 'c']);
  });

  it('takes nothing more when nobody knows what reached the disk', async () => {
    const folder = newFolder();
    const db = await owned(folder);
    const probe = await open(join(folder, 'probe'), 'w');
    const prototype = Object.getPrototypeOf(probe) as FileHandle;
    await probe.close();
    const flush = vi
      .spyOn(prototype, 'datasync')
      .mockRejectedValueOnce(Object.assign(new Error('input/output error'), { code: 'EIO' }));
    expect(await refusal(() => db.commit([row('a')]))).toBe('storage-unavailable');
    flush.mockRestore();
    expect(await refusal(() => db.commit([row('b')]))).toBe('storage-unavailable');
    expect(await db.list('seen')).toEqual([]);
  });
});
