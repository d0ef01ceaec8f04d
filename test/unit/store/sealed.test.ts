import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  MemoryDatabase,
  MemoryStorage,
  put,
  remove,
  SealedDatabase,
  type Change,
  type Row,
} from '../../../core/store/index.js';
import { protect, sealAnew, unlock } from '../../../core/store/protection.js';
import { withNewKey } from '../../../core/store/sealing.js';
import { refusal } from '../../support/codes.js';
import { describeDatabase } from '../../support/database-contract.js';
import { FaultyDatabase, type Fault } from '../../support/faulty-database.js';
import { sealedIndexedDatabase } from '../../support/indexed-databases.js';
import { settled, until } from '../../support/until.js';

describeDatabase('a sealed database in IndexedDB', sealedIndexedDatabase);
describeDatabase('a sealed database in memory', () => {
  const storage = new MemoryStorage();
  return Promise.resolve({
    open: () => Promise.resolve(new SealedDatabase(new MemoryDatabase(storage))),
    destroy: () => Promise.resolve(),
  });
});

const passkey = (n: number) => ({ passkey: new Uint8Array(32).fill(n), id: Uint8Array.of(n) });
const person = (n: number) => put('people', `person-${n}`, { log: [], noticed: n });

let storage: MemoryStorage;
let db: SealedDatabase;

beforeEach(async () => {
  storage = new MemoryStorage();
  db = await opened();
});

async function opened(): Promise<SealedDatabase> {
  const sealed = new SealedDatabase(new MemoryDatabase(storage));
  await sealed.takeOwnership();
  return sealed;
}

const raw = (table: 'people' | 'vault' | 'meta') => storage.tables.get(table)! as { value: unknown }[];
const keysUsed = () =>
  new Set(raw('people').map(({ value }) => new DataView((value as Uint8Array).buffer).getUint32(1)));

describe('a sealed row', () => {
  it('is bytes that show nothing of what is in it, and other ones every time', async () => {
    const text = 'a text that nobody else reads';
    const row = put('people', 'ada', { log: [], noticed: 0, domains: [text] });
    await db.commit([row]);
    const before = raw('people')[0]!.value as Uint8Array;
    await db.commit([row]);
    const after = raw('people')[0]!.value as Uint8Array;
    expect(new TextDecoder().decode(before)).not.toContain(text);
    expect(after.slice(5)).not.toEqual(before.slice(5));
    expect(await db.get('people', 'ada')).toMatchObject({ domains: [text] });
  });

  it('does not open in the place of another, nor in another table', async () => {
    await db.commit([person(1), person(2), put('seen', 'person-1', { at: 1 })]);
    const [one, two] = raw('people');
    [one!.value, two!.value] = [two!.value, one!.value];
    expect(await refusal(() => db.get('people', 'person-1'))).toBe('storage-damaged');
    raw('people').splice(0, 1, storage.tables.get('seen')![0] as Row<unknown>);
    expect(await refusal(() => db.get('people', 'person-1'))).toBe('storage-damaged');
    expect(await refusal(() => db.list('people'))).toBe('storage-damaged');
  });

  it('does not open when any byte of it was changed, or one is missing', async () => {
    await db.commit([person(1)]);
    const row = raw('people')[0]!;
    const bytes = row.value as Uint8Array;
    for (let at = 0; at < bytes.length; at += 1) {
      row.value = bytes.with(at, bytes[at]! ^ 1);
      expect(await refusal(() => db.get('people', 'person-1'))).toBe('storage-damaged');
      row.value = bytes.slice(0, at);
      expect(await refusal(() => db.get('people', 'person-1'))).toBe('storage-damaged');
    }
  });

  it('is not taken for one when it is not sealed', async () => {
    await db.commit([person(1)]);
    raw('people')[0]!.value = { log: [], noticed: 7 };
    expect(await refusal(() => db.get('people', 'person-1'))).toBe('storage-damaged');
  });
});

describe('a database that is locked', () => {
  beforeEach(async () => {
    await db.commit([person(1)]);
    await protect(db, passkey(1));
    await sealAnew(db);
  });

  it('can neither be read nor written until it is unlocked, also after it was opened anew', async () => {
    db.lockAgain();
    for (const each of [db, await opened()]) {
      expect(each.isLocked).toBe(true);
      expect(await refusal(() => each.get('people', 'person-1'))).toBe('locked');
      expect(await refusal(() => each.get('people', 'nobody'))).toBe('locked');
      expect(await refusal(() => each.list('people'))).toBe('locked');
      expect(await refusal(() => each.commit([person(2)]))).toBe('locked');
      await each.takeOwnership();
      await unlock(each, passkey(1));
      expect(await each.get('people', 'person-1')).toMatchObject({ noticed: 1 });
      await each.commit([person(2)]);
    }
  });

  it('does not open with something else, and nothing changes', async () => {
    const before = structuredClone(raw('vault'));
    db.lockAgain();
    expect(await refusal(() => unlock(db, passkey(2)))).toBe('wrong-passkey');
    expect(await refusal(() => unlock(db, { passkey: new Uint8Array(31) }))).toBe('wrong-passkey');
    expect(await refusal(() => unlock(db, { passphrase: 'correct horse' }))).toBe('wrong-passkey');
    expect(db.isLocked).toBe(true);
    expect(raw('vault')).toEqual(before);
    await unlock(db, passkey(1));
    expect(db.isLocked).toBe(false);
  });

  it('stays locked when it is locked while everything is sealed anew', async () => {
    await db.commit([person(1)]);
    await protect(db, passkey(1));
    const sealing = sealAnew(db).catch(() => undefined);
    db.lockAgain();
    await sealing;
    expect(await refusal(() => db.get('people', 'person-1'))).toBe('locked');
    await unlock(db, passkey(1));
    await sealAnew(db);
    expect(await db.get('people', 'person-1')).toMatchObject({ noticed: 1 });
  });

  it('is read by many at once while another owner changes its keys', async () => {
    await db.commit([person(1), person(2), person(3)]);
    await protect(db, passkey(1));
    const other = await opened();
    await unlock(other, passkey(1));
    await other.exclusively(async (inner, vault) => {
      const next = await withNewKey(vault, { lock: vault.row.lock, hasPlain: false }, vault.wrapping);
      await inner.commit([put('vault', 'vault', next.row)]);
      return next;
    });
    await other.commit([person(1), person(2), person(3)]);
    const rows = await Promise.all([1, 2, 3].map((n) => db.get('people', `person-${n}`)));
    expect(rows).toMatchObject([{ noticed: 1 }, { noticed: 2 }, { noticed: 3 }]);
    expect(await db.get('people', 'person-1')).toMatchObject({ noticed: 1 });
  });

  it('can be erased, and begins anew', async () => {
    db.lockAgain();
    await db.erase();
    expect(db.isLocked).toBe(false);
    expect([...storage.tables.values()].flat()).toEqual([]);
    await db.commit([person(3)]);
    expect(await db.list('people')).toHaveLength(1);
  });

  it('stays unlocked for its owner when ownership is taken again', async () => {
    await db.takeOwnership();
    expect(db.isLocked).toBe(false);
    expect(await db.get('people', 'person-1')).toMatchObject({ noticed: 1 });
  });
});

describe('a passphrase', () => {
  it(
    'locks, unlocks however its letters were typed, and no other one does',
    { timeout: 120_000 },
    async () => {
      await db.commit([person(1)]);
      expect(await refusal(() => protect(db, { passphrase: 'short' }))).toBe('weak-passphrase');
      expect(db.lock?.kind).toBe('none');
      await protect(db, { passphrase: 'ångström unit' });
      await sealAnew(db);
      db.lockAgain();
      expect(await refusal(() => unlock(db, { passphrase: 'ångström unit ' }))).toBe('wrong-passphrase');
      expect(db.isLocked).toBe(true);
      await unlock(db, { passphrase: 'a\u030angstro\u0308m unit' });
      expect(await db.get('people', 'person-1')).toMatchObject({ noticed: 1 });
    },
  );
});

describe('a change of what it is locked with', () => {
  const people = Array.from({ length: 250 }, (_, n) => person(n));

  beforeEach(() => db.commit(people));

  const expectAll = async () => {
    const rows = await db.list('people');
    expect(rows.map(({ value }) => value.noticed).sort((a, b) => a - b)).toEqual(people.map((_, n) => n));
  };

  it('seals everything with a new key, and keeps no trace of the former one', async () => {
    const [former] = keysUsed();
    await protect(db, passkey(1));
    expect(db.isUnfinished).toBe(true);
    await expectAll();
    await sealAnew(db);
    expect(db.isUnfinished).toBe(false);
    await expectAll();
    expect(keysUsed().size).toBe(1);
    expect(keysUsed().has(former!)).toBe(false);
    expect(raw('vault')).toMatchObject([{ value: { keys: [{}], lock: { kind: 'passkey' } } }]);
  });

  it('can be undone', async () => {
    await protect(db, passkey(1));
    await sealAnew(db);
    await protect(db, undefined);
    await sealAnew(db);
    db = await opened();
    expect(db.lock?.kind).toBe('none');
    await expectAll();
  });

  it('keeps what is written meanwhile', async () => {
    await protect(db, passkey(1));
    const sealing = sealAnew(db);
    await Promise.all([db.commit([person(300)]), db.commit([person(7), remove('people', 'person-8')])]);
    await sealing;
    expect(await db.get('people', 'person-300')).toMatchObject({ noticed: 300 });
    expect(await db.get('people', 'person-8')).toBeUndefined();
    expect(await db.list('people')).toHaveLength(250);
  });

  it('loses nothing when another change comes while everything is sealed anew', async () => {
    await protect(db, passkey(1));
    const first = sealAnew(db);
    await protect(db, passkey(2));
    await Promise.all([first, sealAnew(db)]);
    await sealAnew(db);
    db = await opened();
    expect(await refusal(() => unlock(db, passkey(1)))).toBe('wrong-passkey');
    await unlock(db, passkey(2));
    expect(db.isUnfinished).toBe(false);
    await expectAll();
  });

  it.each<Fault>(['fails', 'dies before', 'dies after'])(
    'goes on after a commit of it that %s, whichever it was',
    async (fault) => {
      const snapshot = [...storage.tables].map(([name, rows]) => [name, [...rows]] as const);
      for (let at = 1; at <= 5; at += 1) {
        for (const [name, rows] of snapshot)
          storage.tables.set(name, structuredClone(rows) as Row<unknown>[]);
        const faulty = new FaultyDatabase(new MemoryDatabase(storage), at, fault);
        db = new SealedDatabase(faulty);
        await db.takeOwnership();
        const change = async () => {
          await protect(db, passkey(1));
          await sealAnew(db);
        };
        // Whoever died never answers.
        await Promise.race([change().catch(() => undefined), died(faulty)]);
        expect(faulty.commits).toBeGreaterThanOrEqual(at);

        db = await opened();
        if (db.isLocked) await unlock(db, passkey(1));
        await expectAll();
        await sealAnew(db);
        expect(db.isUnfinished).toBe(false);
        expect(keysUsed().size).toBe(1);
        await expectAll();
      }
    },
  );
});

describe('keys of a vault', () => {
  it('are not made anew where some are that do not open', async () => {
    await db.commit([person(1)]);
    const vault = (raw('vault')[0]!.value as { keys: { wrapped: Uint8Array }[] }).keys[0]!;
    vault.wrapped[20]! ^= 1;
    db = await opened();
    expect(await refusal(() => db.get('people', 'person-1'))).toBe('storage-damaged');
    expect(await refusal(() => db.commit([person(2)] as Change[]))).toBe('storage-damaged');
  });
});

async function died(db: FaultyDatabase): Promise<void> {
  await until(() => db.isDead);
  // What was under way gets its turn.
  await settled(1);
}
