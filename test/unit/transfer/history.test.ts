/**
 * Everything of a device in a file, and out of it again: on a new device, on one that has a history, after crashes.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import type { ComingClient, Conversation, Message } from '../../../core/client.js';
import { createLocalClient } from '../../../core/local/index.js';
import { encodeRow } from '../../../core/store/codec.js';
import {
  MemoryDatabase,
  MemoryStorage,
  put,
  type Change,
  type Database,
  type MessageRow,
} from '../../../core/store/index.js';
import { Sealer } from '../../../core/transfer/sealed-stream.js';
import { refusal } from '../../support/codes.js';
import { exportFrom, exportOf, importInto, PASSPHRASE, readAll } from '../../support/exports.js';
import { FaultyDatabase } from '../../support/faulty-database.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';
import { copyOf, preparePeople, type World, type WorldPerson } from '../../support/world.js';

let newWorld: () => World;
let world: World;
let ada: WorldPerson;
let bo: WorldPerson;
const clients: ComingClient[] = [];

beforeAll(async () => {
  newWorld = await preparePeople(2);
});

beforeEach(async () => {
  world = newWorld();
  [ada, bo] = world.people as [WorldPerson, WorldPerson];
  await Promise.all(world.people.map((person) => person.online()));
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await world.end();
});

/** Another device, on which nobody is signed in. */
function newDevice(storage = new MemoryStorage(), database: Database = new MemoryDatabase(storage)) {
  const client = createLocalClient({ relay: world.relay, database });
  clients.push(client);
  return { client, storage };
}

async function say(from: Conversation, to: WorldPerson, text: string): Promise<void> {
  await from.send(text);
  await until(() => textsOf(to.storage).includes(text), `"${text}" arrived`);
}

function messagesOf(storage: MemoryStorage): MessageRow[] {
  return structuredClone(storage.tables.get('messages')!.map(({ value }) => value as MessageRow));
}

const textsOf = (storage: MemoryStorage) => messagesOf(storage).map(({ text }) => text);

async function talk(): Promise<void> {
  const [toBo, toAda] = [await ada.to(bo), await bo.to(ada)];
  await say(toBo, bo, 'one');
  await say(toAda, ada, 'two');
  await say(toAda, ada, 'three');
  await say(toBo, bo, 'four');
  await toBo.setPetname('Bo from work');
  await until(() => world.people.every(({ isQuiet }) => isQuiet));
}

/** Everything that an import may not touch when it is refused. */
const stateOf = (storage: MemoryStorage) => bytesToHex(sha256(encodeRow([...storage.tables])));

describe('a guest’s file', () => {
  it('makes a new device of the account with all its history, and keys of its own', async () => {
    await talk();
    const file = await exportOf(ada.storage);
    const { client, storage } = newDevice();
    const result = await importInto(await client.openImport(PASSPHRASE), file);
    expect(result).toEqual({ comingId: ada.comingId, added: 4, known: 0 });
    expect(client.status.value.me).toMatchObject({ comingId: ada.comingId, deviceId: 2, backedUp: true });
    expect(textsOf(storage)).toEqual(['one', 'two', 'three', 'four']);
    expect(storage.tables.get('imports')).toEqual([]);
    expect(client.conversations.value).toMatchObject([
      { peer: bo.comingId, petname: 'Bo from work', unread: 0, lastMessage: { text: 'four', mine: true } },
    ]);
    const own = (of: MemoryStorage) =>
      bytesToHex((of.tables.get('meta')![0]!.value as { identityPrivate: Uint8Array }).identityPrivate);
    expect(own(storage)).not.toBe(own(ada.storage));

    // And it goes on: what is said now stands behind what was imported.
    await waitFor(client.status, ({ connection }) => connection === 'online');
    const conversation = await client.openConversation(bo.comingId);
    await say(conversation, bo, 'from the new device');
    await waitFor(conversation.snapshot, ({ messages }) => messages.at(-1)?.text === 'from the new device');
    expect(conversation.snapshot.value.messages.map(({ text }) => text)).toEqual([
      'one',
      'two',
      'three',
      'four',
      'from the new device',
    ]);
  });

  it('has what a person would miss: what was said about messages, and what they chose', async () => {
    await bo.client.setProfile({ name: 'Bo Peep' });
    await talk();
    await ada.client.setProfile({ name: 'Ada', settings: { strangers: 'accept', typing: false } });
    const toBo = await ada.to(bo);
    await waitFor(toBo.snapshot, ({ profile }) => profile?.name === 'Bo Peep');
    const [one, two, , four] = toBo.snapshot.value.messages as readonly Message[];
    await toBo.markRead();
    await toBo.react({ id: two!.id, mine: false }, '👍');
    await toBo.edit(one!.id, 'number one');
    await toBo.deleteForEveryone(four!.id);
    await toBo.send({ text: 'to the second', replyTo: { id: two!.id, mine: false } });
    await toBo.setTimer(3600);
    await say(toBo, bo, 'gone in an hour');
    await toBo.setSettings({ muted: true });
    await toBo.saveDraft({ text: 'begun' });
    await until(() => world.people.every(({ isQuiet }) => isQuiet));
    const contact = await ada.client.openContact(bo.comingId);
    await contact.setNote('met at the fair');
    await contact.block();
    const before = await waitFor(toBo.snapshot, ({ problem }) => problem === 'blocked');

    const { client, storage } = newDevice();
    await importInto(await client.openImport(PASSPHRASE), await exportOf(ada.storage));
    const conversation = await client.openConversation(bo.comingId);
    expect(await waitFor(conversation.snapshot, ({ loading }) => !loading)).toEqual(before);
    expect(before.messages.map(({ expiresAt }) => expiresAt !== undefined)).toContain(true);
    expect(storage.tables.get('expiring')).toHaveLength(1);
    expect(client.profile.value).toEqual(ada.client.profile.value);
    const known = await client.openContact(bo.comingId);
    expect(known.snapshot.value).toMatchObject({ note: 'met at the fair', blocked: true });
    // They stand below all that is said from now on, and are found all the same.
    const { hits } = await client.search('to the second');
    expect(hits).toHaveLength(1);
    expect(await conversation.loadAround(hits[0]!.messageId)).toBe(true);
    expect(conversation.snapshot.value.messages).toEqual(before.messages);
  });

  it('does not have what only stands for a message', async () => {
    await talk();
    const db = new MemoryDatabase(copyOf(ada.storage));
    await db.takeOwnership();
    const [, two] = messagesOf(ada.storage) as [MessageRow, MessageRow];
    await db.commit(stored({ ...two, order: 1.5, id: 'e'.repeat(32), text: '', state: 'undecryptable' }));
    const { client, storage } = newDevice();
    const file = await readAll(await exportFrom(db));
    expect(await importInto(await client.openImport(PASSPHRASE), file)).toMatchObject({ added: 4 });
    expect(textsOf(storage)).toEqual(['one', 'two', 'three', 'four']);
  });

  it('holds nothing that makes the device what it is', async () => {
    await talk();
    const tables = ['sessions', 'preKeys'] as const;
    const secrets = [
      (ada.storage.tables.get('meta')![0]!.value as { identityPrivate: Uint8Array }).identityPrivate,
      ...tables.flatMap((table) =>
        ada.storage.tables.get(table)!.map(({ value }) => {
          const row = value as { record?: Uint8Array; privateKey?: Uint8Array };
          return (row.record ?? row.privateKey)!;
        }),
      ),
    ];
    const seen: string[] = [];
    const { add } = Sealer.prototype;
    Sealer.prototype.add = function (bytes) {
      seen.push(Buffer.from(bytes).toString());
      return add.call(this, bytes);
    };
    try {
      await exportOf(ada.storage);
    } finally {
      Sealer.prototype.add = add;
    }
    const plain = seen.join('');
    expect(plain).toContain('"one"');
    expect(secrets.length).toBeGreaterThan(100);
    for (const secret of secrets) expect(plain.includes(bytesToHex(secret))).toBe(false);
  });

  it('counts as a backup once it was read to its end, through the client', async () => {
    await talk();
    const handle = await ada.client.openExport(PASSPHRASE);
    expect(handle.snapshot.value).toMatchObject({ phase: 'running', done: 0 });
    expect(ada.client.status.value.me!.backedUp).toBe(false);
    const file = await readAll(handle);
    expect(handle.snapshot.value.phase).toBe('done');
    expect(handle.snapshot.value.done).toBe(handle.snapshot.value.total);
    expect(ada.client.status.value.me!.backedUp).toBe(true);
    const again = await importInto(await ada.client.openImport(PASSPHRASE), file);
    expect(again).toMatchObject({ added: 0, known: 4 });
    expect(await refusal(() => ada.client.openExport('short'))).toBe('weak-passphrase');
  }, 60_000);

  it('given up in the middle says so', async () => {
    const handle = await ada.client.openExport(PASSPHRASE);
    await handle.read();
    handle.close();
    expect(await refusal(() => handle.read())).toBe('export-ended');
    expect(ada.client.status.value.me!.backedUp).toBe(false);
  });
});

describe('into a device that has a history of its own', () => {
  it('merges: nothing twice, in the order of time, and what is here stays', async () => {
    await talk();
    const db = new MemoryDatabase(copyOf(ada.storage));
    await db.takeOwnership();
    const all = await db.list('messages');
    // Another copy of Ada's history: it lacks the second message, has two that are not here, and knows less of the first.
    const [first, second, third, fourth] = all.map(({ value }) => value) as [
      MessageRow,
      MessageRow,
      MessageRow,
      MessageRow,
    ];
    const extra = (text: string, sentAt: number, order: number, id: string): MessageRow => ({
      ...third,
      text,
      sentAt,
      order,
      id: id.repeat(32),
    });
    const rows = [
      { ...first, order: 0, state: 'sent' as const },
      extra('between two and three', second.sentAt, 1, 'a'),
      { ...third, order: 2 },
      { ...fourth, order: 3 },
      extra('the newest', fourth.sentAt + 1000, 4, 'b'),
    ];
    const conversation = (await db.get('conversations', bo.hex))!;
    await db.commit([
      ...all.map(({ key }) => ({ table: 'messages', key, delete: true }) as const),
      ...(await db.list('messageOrders')).map(
        ({ key }) => ({ table: 'messageOrders', key, delete: true }) as const,
      ),
      ...rows.flatMap((row) => stored(row)),
      put('conversations', bo.hex, { ...conversation, petname: 'Another name', nextOrder: 5 }),
    ]);
    const file = await readAll(await exportFrom(db));

    const before = messagesOf(ada.storage);
    const result = await importInto(await ada.client.openImport(PASSPHRASE), file);
    expect(result).toMatchObject({ added: 2, known: 3 });
    expect(textsOf(ada.storage)).toEqual([
      'one',
      'two',
      'between two and three',
      'three',
      'four',
      'the newest',
    ]);
    for (const row of before) expect(messagesOf(ada.storage)).toContainEqual(row);
    expect(ada.client.conversations.value[0]).toMatchObject({
      petname: 'Bo from work',
      lastMessage: { text: 'the newest' },
      unread: 2,
    });
    expect(await importInto(await ada.client.openImport(PASSPHRASE), file)).toMatchObject({
      added: 0,
      known: 5,
    });
    await say(await bo.to(ada), ada, 'still in order');
    expect(textsOf(ada.storage).at(-1)).toBe('still in order');
  });

  it('takes what was said later about a message, and shows no less than before', async () => {
    await talk();
    const db = new MemoryDatabase(copyOf(ada.storage));
    await db.takeOwnership();
    const [one, two, three] = messagesOf(ada.storage) as [MessageRow, MessageRow, MessageRow];
    const stamp = { at: one.sentAt + 10, id: 'a'.repeat(32) };
    const reactions = [{ ...stamp, mine: true, emoji: '👍' }];
    await db.commit([
      ...stored({ ...one, text: 'number one', edited: stamp, reactions }),
      ...stored({ ...two, text: '', deleted: true, seen: true }),
      ...stored({ ...three, reactions }),
    ]);
    const file = await readAll(await exportFrom(db));
    const toBo = await ada.to(bo);
    await toBo.react({ id: three.id, mine: false }, '🎉');
    await importInto(await ada.client.openImport(PASSPHRASE), file);
    const { messages } = await waitFor(
      toBo.snapshot,
      (shown) => shown.messages[1]!.deleted === true && shown.unread === 1,
    );
    expect(messages).toMatchObject([
      { text: 'number one', editedAt: stamp.at, reactions: [{ mine: true, emoji: '👍' }] },
      { text: '', deleted: true },
      { text: 'three', reactions: [{ mine: true, emoji: '🎉' }] },
      { text: 'four' },
    ]);
    expect(await importInto(await ada.client.openImport(PASSPHRASE), file)).toMatchObject({ added: 0 });
    expect(messagesOf(ada.storage)[2]!.reactions).toMatchObject([{ emoji: '🎉' }]);
  });

  it('brings nothing back that was erased, and nothing whose time is over', async () => {
    await talk();
    const [, two] = messagesOf(ada.storage) as [MessageRow, MessageRow];
    const db = new MemoryDatabase(copyOf(ada.storage));
    await db.takeOwnership();
    const disappearing = { ...two, expiresAfter: 60, text: 'not for long' };
    await db.commit([
      ...stored({ ...disappearing, order: 1.1, id: 'a'.repeat(32), expiresAt: Date.now() - 1 }),
      ...stored({ ...disappearing, order: 1.2, id: 'b'.repeat(32), expiresAt: Date.now() + 60_000 }),
      // Its time runs from when it is read, and here it counts as read.
      ...stored({ ...disappearing, order: 1.3, id: 'c'.repeat(32) }),
    ]);
    const file = await readAll(await exportFrom(db));
    await (await ada.to(bo)).deleteHere({ id: two.id, mine: false });
    const result = await importInto(await ada.client.openImport(PASSPHRASE), file);
    expect(result).toMatchObject({ added: 2, known: 4 });
    expect(textsOf(ada.storage).sort()).toEqual(['four', 'not for long', 'not for long', 'one', 'three']);
    expect(ada.storage.tables.get('expiring')).toHaveLength(2);
  });

  it('takes thousands of messages into one gap and keeps their order', async () => {
    await talk();
    const db = new MemoryDatabase(copyOf(ada.storage));
    await db.takeOwnership();
    const [one, ...later] = (await db.list('messages')).map(({ value }) => value) as [
      MessageRow,
      ...MessageRow[],
    ];
    // Later than all that comes between.
    const late = later.map((row) =>
      put('messages', [bo.hex, row.order], { ...row, sentAt: row.sentAt + 10_000 }),
    );
    await db.commit(late);
    await db.commit(
      Array.from({ length: 3000 }, (_, n) =>
        stored({
          ...one,
          order: one.order + (n + 1) / 4000,
          id: n.toString(16).padStart(32, '0'),
          text: `m${n}`,
          sentAt: one.sentAt + n,
        }),
      ).flat(),
    );
    const file = await readAll(await exportFrom(db));
    await ada.close();
    const here = new MemoryDatabase(ada.storage);
    await here.takeOwnership();
    await here.commit(late);
    await ada.online();
    await importInto(await ada.client.openImport(PASSPHRASE), file);
    expect(textsOf(ada.storage)).toEqual([
      'one',
      ...Array.from({ length: 3000 }, (_, n) => `m${n}`),
      'two',
      'three',
      'four',
    ]);

    // As if they had been said here.
    const { hits } = await ada.client.search('m1500', { peer: bo.comingId });
    expect(hits).toHaveLength(1);
    const conversation = await ada.to(bo);
    const shown = () => conversation.snapshot.value.messages.map(({ text }) => text);
    const around = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => `m${from + n}`);
    expect(await conversation.loadAround(hits[0]!.messageId)).toBe(true);
    expect(shown()).toEqual(around(1470, 1530));
    await conversation.loadLater();
    expect(shown()).toEqual(around(1470, 1590));
    await conversation.loadEarlier();
    expect(shown()).toEqual(around(1410, 1590));
  });
});

describe('a file that is not taken', () => {
  it('changes nothing, and says why', async () => {
    await talk();
    const file = await exportOf(ada.storage);
    const bent = file.slice();
    bent[bent.length - 5]! ^= 1;
    const newer = file.slice();
    newer[14] = 2;
    const db = new MemoryDatabase(copyOf(ada.storage));
    await db.takeOwnership();
    const cases: [string, Uint8Array, string][] = [
      ['wrong-passphrase', file, 'not this passphrase'],
      ['damaged-export', bent, PASSPHRASE],
      ['damaged-export', file.subarray(0, -20), PASSPHRASE],
      ['newer-export', newer, PASSPHRASE],
      ['malformed-export', new TextEncoder().encode('{"encoded":"…"}'.repeat(50)), PASSPHRASE],
      ['other-account-export', await exportOf(bo.storage), PASSPHRASE],
    ];
    const before = stateOf(ada.storage);
    for (const [code, bytes, passphrase] of cases) {
      const handle = await ada.client.openImport(passphrase);
      expect(await refusal(() => importInto(handle, bytes))).toBe(code);
      expect(handle.snapshot.value.phase).toBe('failed');
      expect(await refusal(() => handle.finish())).toBe('export-ended');
      expect(stateOf(ada.storage)).toEqual(before);
    }
    const { client, storage } = newDevice();
    const blank = stateOf(storage);
    expect(await refusal(async () => importInto(await client.openImport('not this one'), file))).toBe(
      'wrong-passphrase',
    );
    expect(stateOf(storage)).toEqual(blank);
  });

  it('is one that no device of the account signed, though the passphrase is right', async () => {
    await talk();
    const db = new MemoryDatabase(copyOf(ada.storage));
    await db.takeOwnership();
    const row = (await db.get('meta', 'device'))!;
    const stranger = (bo.storage.tables.get('meta')![0]!.value as typeof row).identityPrivate;
    await db.commit([put('meta', 'device', { ...row, identityPrivate: stranger })]);
    const forged = await readAll(await exportFrom(db));
    const before = stateOf(ada.storage);
    expect(await refusal(async () => importInto(await ada.client.openImport(PASSPHRASE), forged))).toBe(
      'damaged-export',
    );
    expect(stateOf(ada.storage)).toEqual(before);
  });

  it('of an account whose key is elsewhere asks to sign in first', async () => {
    await talk();
    const db = new MemoryDatabase(copyOf(ada.storage));
    await db.takeOwnership();
    const row = (await db.get('meta', 'device'))!;
    await db.commit([put('meta', 'device', { ...row, kind: 'wallet', seed: undefined, entropy: undefined })]);
    const file = await readAll(await exportFrom(db));
    const { client, storage } = newDevice();
    const blank = stateOf(storage);
    expect(await refusal(async () => importInto(await client.openImport(PASSPHRASE), file))).toBe(
      'not-ready',
    );
    expect(stateOf(storage)).toEqual(blank);
    expect(await importInto(await ada.client.openImport(PASSPHRASE), file)).toMatchObject({ known: 4 });
  });

  it('is one that a second import replaces', async () => {
    await talk();
    const file = await exportOf(ada.storage);
    const first = await ada.client.openImport(PASSPHRASE);
    await first.write(file.subarray(0, 500));
    const second = await ada.client.openImport(PASSPHRASE);
    expect(await refusal(() => first.write(file.subarray(500)))).toBe('export-ended');
    expect(await importInto(second, file)).toMatchObject({ known: 4 });
  });
});

describe('a crash at any commit of an import', () => {
  it.each(['dies before', 'dies after'] as const)(
    '%s it: leaves nothing, or goes on at the next start',
    async (fault) => {
      await talk();
      await ada.close();
      // More than is staged in one commit.
      const db = new MemoryDatabase(copyOf(ada.storage));
      await db.takeOwnership();
      const [one] = messagesOf(ada.storage) as [MessageRow];
      const long = Array.from({ length: 12 }, (_, n) => `${n}`.padStart(60_000, '.'));
      await db.commit(
        long.flatMap((text, n) => stored({ ...one, text, order: n - 20, id: `${n}`.padStart(32, '0') })),
      );
      const file = await readAll(await exportFrom(db));
      const all = [...long, 'one', 'two', 'three', 'four'];
      const outcomes = { nothing: 0, everything: 0 };
      for (let at = 1; ; at += 1) {
        // Ada, who is signed in but lost what was said.
        const storage = copyOf(ada.storage);
        for (const table of ['messages', 'messageOrders', 'conversations'] as const)
          storage.tables.set(table, []);
        const faulty = new FaultyDatabase(new MemoryDatabase(storage), at, fault);
        const { client } = newDevice(storage, faulty);
        await waitFor(client.status, ({ phase }) => phase === 'ready');
        const done = openAndImport(client, file);
        await until(() => faulty.isDead || done.isOver);
        await client.close();
        if (!faulty.isDead) break;

        const after = newDevice(storage);
        await waitFor(after.client.status, ({ phase }) => phase === 'ready');
        const isComplete = storage.tables
          .get('imports')!
          .some(({ value }) => (value as { last: boolean }).last);
        if (isComplete || textsOf(storage).length > 0) {
          await until(
            () => textsOf(storage).length === all.length && storage.tables.get('imports')!.length === 0,
          );
          outcomes.everything += 1;
        } else {
          expect(textsOf(storage)).toEqual([]);
          outcomes.nothing += 1;
          // The next import is not hindered by what was left.
          expect(await importInto(await after.client.openImport(PASSPHRASE), file)).toMatchObject({
            added: all.length,
          });
        }
        expect(textsOf(storage)).toEqual(all);
        await after.client.close();
      }
      expect(outcomes.everything).toBeGreaterThan(2);
      expect(outcomes.nothing).toBeGreaterThan(0);
    },
  );
});

it('tens of thousands of messages go through without being in memory at once', async () => {
  await talk();
  const db = new MemoryDatabase(ada.storage);
  await ada.close();
  await db.takeOwnership();
  const [one] = messagesOf(ada.storage) as [MessageRow];
  const count = process.env['COMING_SEEDS'] ? 50_000 : 10_000;
  const rows = Array.from({ length: count }, (_, n) =>
    stored({
      ...one,
      order: 10 + n,
      id: n.toString(16).padStart(32, '0'),
      text: `message ${n}`,
      sentAt: one.sentAt + n,
    }),
  ).flat();
  await db.commit([
    ...rows,
    put('conversations', bo.hex, { ...(await db.get('conversations', bo.hex))!, nextOrder: 10 + count }),
  ]);

  const meter = new Meter(db);
  const handle = await exportFrom(meter);
  const target = copyOf(ada.storage);
  for (const table of ['messages', 'messageOrders', 'conversations'] as const) target.tables.set(table, []);
  const into = new Meter(new MemoryDatabase(target));
  const { client } = newDevice(target, into);
  await waitFor(client.status, ({ phase }) => phase === 'ready');
  into.largest = 0;
  const importing = await client.openImport(PASSPHRASE);
  for (let piece = await handle.read(); piece; piece = await handle.read()) {
    expect(piece.length).toBeLessThanOrEqual(64 * 1024 + 16);
    await importing.write(piece);
  }
  expect(await importing.finish()).toMatchObject({ added: count + 4, known: 0 });
  expect(importing.snapshot.value).toMatchObject({ phase: 'done' });
  expect(textsOf(target)).toHaveLength(count + 4);
  // Rows that were read or written at one time, at either end.
  expect(meter.largest).toBeLessThanOrEqual(500);
  expect(into.largest).toBeLessThanOrEqual(3000);
}, 240_000);

/** Notes the most rows that were read or written at once. */
class Meter implements Database {
  largest = 0;

  constructor(private readonly db: Database) {}

  get kind() {
    return this.db.kind;
  }

  get: Database['get'] = (table, key) => this.db.get(table, key);

  list: Database['list'] = async (table, range) => {
    const rows = await this.db.list(table, range);
    this.largest = Math.max(this.largest, rows.length);
    return rows;
  };

  commit(changes: readonly Change[]): Promise<void> {
    this.largest = Math.max(this.largest, changes.length);
    return this.db.commit(changes);
  }

  takeOwnership = () => this.db.takeOwnership();
  erase = () => this.db.erase();
  close = () => this.db.close();
}

function openAndImport(client: ComingClient, file: Uint8Array): { isOver: boolean } {
  const work = { isOver: false };
  client
    .openImport(PASSPHRASE)
    .then((handle) => importInto(handle, file))
    .catch(() => undefined)
    .finally(() => (work.isOver = true));
  return work;
}

function stored(row: MessageRow): Change[] {
  return [
    put('messages', [row.peer, row.order], row),
    put('messageOrders', [row.peer, row.mine ? 1 : 0, row.id], { order: row.order }),
  ];
}
