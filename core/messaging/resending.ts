/**
 * Messages that could not be decrypted: asks for them again, and sends again what others ask for.
 *
 * A request is not encrypted, for there may be no session to encrypt it on, and so anybody who has the relay can make one.
 * All that it does is that something is encrypted once more for a device that it was encrypted for before, on a session that
 * the device log vouches for; and that only so often in an hour.
 *
 * @module
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { signal as wire } from '../../proto/gen/signal.js';
import { toTime } from '../../proto/int64.js';
import { codeOf } from '../errors.js';
import type { LoggedDevice } from '../identity/index.js';
import { PRE_KEY_MESSAGE, SIGNAL_MESSAGE } from '../ratchet/index.js';
import { parsePreKeySignalMessage, parseSignalMessage } from '../ratchet/wire.js';
import {
  put,
  remove,
  SENT_FOR_MS,
  type AccountHex,
  type Change,
  type Database,
  type IdHex,
  type MessageRow,
  type Row,
  type UndecryptableRow,
} from '../store/index.js';
import { MAX_RESENT } from './content.js';
import { isPassing, type MessagingContext } from './context.js';
import type { Outbox } from './outbox.js';
import { withConversation } from './rows.js';

const PLAINTEXT_CONTENT = 8;
// A PlaintextContent is a Content of Signal's between these two.
const FIRST_BYTE = 0xc0;
const LAST_BYTE = 0x80;
const KEY_BYTES = 33;
const ID_BYTES = 16;

/** Requests to one device, and of one device, in an hour. */
const MOST_REQUESTS = 8;
const HOUR_MS = 60 * 60 * 1000;
/** How often the same content goes to the same device. */
const MOST_TRIES = 4;
/** How often the sender's devices may change under one request. */
const MAX_CORRECTIONS = 3;

interface Request {
  readonly deviceId: number;
  /** Of the session that cannot be read; undefined where the message did not even say that. */
  readonly ratchetKey: Uint8Array | undefined;
  readonly envelopeIds: readonly IdHex[];
}

/**
 * Asks somebody's devices for what could not be decrypted. What there is no allowance for waits.
 *
 * @throws ComingError as the carrier's `send`
 */
export async function askAgain(context: MessagingContext, sender: AccountHex): Promise<void> {
  // One at a time, so that nothing is asked for twice.
  await context.lock.run(`ask ${sender}`, async () => {
    const waiting = (await context.db.list('undecryptable', { prefix: [sender] })).filter(
      ({ value }) => value.request === 'waiting',
    );
    for (const deviceId of new Set(waiting.map(({ value }) => value.senderDevice))) {
      const rows = waiting.filter(({ value }) => value.senderDevice === deviceId);
      for (let at = 0; at < rows.length; at += MAX_RESENT) {
        await ask(context, sender, deviceId, rows.slice(at, at + MAX_RESENT));
      }
    }
  });
}

async function ask(
  context: MessagingContext,
  sender: AccountHex,
  deviceId: number,
  rows: readonly Row<UndecryptableRow>[],
): Promise<void> {
  const { carrier, db, directory, lock } = context;
  const allowance = await takeAllowance(context, sender, deviceId, 'asked');
  if (!allowance) return;
  const last = rows.at(-1)!.value;
  const content = writeRequest(
    {
      deviceId,
      ratchetKey: rows.map(({ value }) => ratchetKeyOf(value)).findLast(Boolean),
      envelopeIds: rows.map(({ value }) => value.envelopeId),
    },
    last.receivedAt * 1000,
  );
  const envelope = { id: hexToBytes(context.newId()), deviceId, type: PLAINTEXT_CONTENT, content };
  let outcome: 'asked' | 'nobody' = 'nobody';
  try {
    await directory.requireTrust(sender);
    let log = await directory.find(sender);
    for (let correction = 0; correction < MAX_CORRECTIONS; correction += 1) {
      if (!log.devices.some(({ id }) => id === deviceId)) break;
      const result = await carrier.send(hexToBytes(sender), log.head, [envelope], 'durable');
      if (result.status === 'accepted') outcome = 'asked';
      if (result.status !== 'log-changed') break;
      log = await directory.learn(sender, result.entries);
    }
  } catch (error) {
    if (isPassing(error)) throw error;
  }
  await lock.run(sender, async () => {
    const ids = rows.map(({ value }) => value.envelopeId);
    // What came meanwhile is gone from here.
    const open = await kept(db, sender, ids);
    const marked = open.map(({ key, value }) => put('undecryptable', key, { ...value, request: 'asked' }));
    await db.commit([allowance, ...(outcome === 'asked' ? marked : await lost(db, sender, ids))]);
  });
  if (outcome === 'nobody') context.changed(sender);
}

/**
 * What answers a request: its contents once more, for this device alone.
 *
 * @returns nothing for what is no request, or one too many
 */
export async function answer(
  context: MessagingContext,
  outbox: Outbox,
  sender: AccountHex,
  device: LoggedDevice,
  bytes: Uint8Array,
): Promise<Change[]> {
  const { db } = context;
  const request = readRequest(bytes);
  if (request?.deviceId !== context.device.row.deviceId) return [];
  const person = await db.get('people', sender);
  if (person?.blocked || person?.changed || person?.continuedBy) return [];
  // A stranger learns nothing before they are accepted; whoever was never spoken to is one, and can miss nothing.
  const conversation = await db.get('conversations', sender);
  const isOwn = sender === context.device.row.account;
  if (!isOwn && (!conversation || conversation.request)) return [];
  const allowance = await takeAllowance(context, sender, device.id, 'answered');
  if (!allowance) return [];

  const changes: Change[] = [allowance];
  const asked = new Set(request.envelopeIds);
  const sent = (await db.list('sentContents', { prefix: [sender] })).map(({ value }) => value);
  const queue = async (
    envelopeIds: readonly IdHex[],
    { content, contentId, origin }: { content: Uint8Array | undefined; contentId?: IdHex; origin: string },
  ) => {
    const body = { kind: 'resent', envelopeIds: envelopeIds.slice(-MAX_RESENT), content } as const;
    const resent = { id: context.newId(), sentAt: context.now(), body };
    const broken = request.ratchetKey && { broken: request.ratchetKey };
    const options = { to: device.id, origin, ...broken, ...(contentId && { contentId }) };
    changes.push(await outbox.queue(sender, resent, undefined, options));
  };
  for (const row of sent.sort((a, b) => a.at - b.at)) {
    const envelopeIds = row.envelopes.filter(({ deviceId }) => deviceId === device.id).map(({ id }) => id);
    if (!envelopeIds.some((id) => asked.has(id))) continue;
    for (const id of envelopeIds) asked.delete(id);
    if (envelopeIds.length < MOST_TRIES) await queue(envelopeIds, row);
    else if (row.content) await queue(envelopeIds, { ...row, content: undefined });
  }
  if (asked.size > 0) {
    const origin = conversation?.origin ?? device.origin;
    await queue([...asked], { content: undefined, origin });
  }
  return changes;
}

/** Where a content that was sent again stands, and what becomes of the placeholders for it. */
export async function standIns(
  db: Database,
  sender: AccountHex,
  envelopeIds: readonly IdHex[],
): Promise<{
  readonly place: number | undefined;
  settle(changes: readonly Change[]): Promise<Change[]>;
}> {
  const found = await placeholders(db, sender, envelopeIds);
  const rows = await kept(db, sender, envelopeIds);
  const gone = new Set(found.map(({ order }) => order));
  const place = found.length > 0 ? Math.min(...gone) : undefined;
  const settle = async (changes: readonly Change[]) => {
    const latest = await db.list('messages', { prefix: [sender], reverse: true, limit: gone.size + 1 });
    const remaining = latest.find(({ value }) => !gone.has(value.order))?.value;
    const put = changes.find(({ table, key }) => table === 'messages' && (key as unknown[])[1] === place);
    const appended = put && 'put' in put ? (put.put as MessageRow) : undefined;
    // First taken away: what came stands under the same key.
    const removed = [
      ...found.flatMap(({ id, order }) => [
        remove('messages', [sender, order]),
        remove('messageOrders', [sender, 0, id]),
      ]),
      ...rows.map(({ key }) => remove('undecryptable', key)),
    ];
    return withConversation(db, sender, [...removed, ...changes], (conversation) => {
      const { lastMessage } = conversation;
      const isGone = lastMessage?.state === 'undecryptable' && gone.has(lastMessage.order);
      const newest = (remaining?.order ?? -Infinity) > (appended?.order ?? -Infinity) ? remaining : appended;
      return {
        ...conversation,
        undecryptable: Math.max(0, conversation.undecryptable - rows.length),
        lastMessage: isGone ? newest : lastMessage,
      };
    });
  };
  return { place, settle };
}

/**
 * Says of what was asked for long ago that it will not come.
 *
 * @returns who is to be asked for what is left
 */
export async function giveUp(
  { db, now, lock, changed }: Pick<MessagingContext, 'db' | 'now' | 'lock' | 'changed'>,
  open: readonly Row<UndecryptableRow>[],
): Promise<AccountHex[]> {
  const isLate = ({ value }: Row<UndecryptableRow>) => (value.keptAt ?? 0) < now() - SENT_FOR_MS;
  for (const { value } of open.filter(isLate)) {
    await lock.run(value.sender, async () => db.commit(await lost(db, value.sender, [value.envelopeId])));
    changed(value.sender);
  }
  const left = open.filter((row) => !isLate(row) && row.value.request === 'waiting');
  return left.map(({ value }) => value.sender);
}

/** Says of envelopes that they cannot be had again. */
export async function lost(
  db: Database,
  sender: AccountHex,
  envelopeIds: readonly IdHex[],
): Promise<Change[]> {
  const rows = await kept(db, sender, envelopeIds);
  const found = (await placeholders(db, sender, envelopeIds)).map((message): MessageRow => ({
    ...message,
    problem: 'message-lost',
  }));
  const changes = [
    ...rows.map(({ key, value: { request: _, ...row } }) => put('undecryptable', key, row)),
    ...found.map((message) => put('messages', [sender, message.order], message)),
  ];
  return withConversation(db, sender, changes, (conversation) => ({
    ...conversation,
    lastMessage:
      found.find(({ order }) => order === conversation.lastMessage?.order) ?? conversation.lastMessage,
  }));
}

async function placeholders(
  db: Database,
  sender: AccountHex,
  envelopeIds: readonly IdHex[],
): Promise<MessageRow[]> {
  const found: MessageRow[] = [];
  for (const id of envelopeIds) {
    const at = await db.get('messageOrders', [sender, 0, id]);
    const message = at && (await db.get('messages', [sender, at.order]));
    if (message?.state === 'undecryptable') found.push(message);
  }
  return found;
}

async function kept(
  db: Database,
  sender: AccountHex,
  envelopeIds: readonly IdHex[],
): Promise<Row<UndecryptableRow>[]> {
  const rows = await db.list('undecryptable', { prefix: [sender] });
  return rows.filter(({ value }) => value.request && envelopeIds.includes(value.envelopeId));
}

/** The change that counts a request; undefined when there were enough in this hour. */
async function takeAllowance(
  { db, now }: MessagingContext,
  account: AccountHex,
  deviceId: number,
  kind: 'asked' | 'answered',
): Promise<Change | undefined> {
  const key = [account, deviceId, kind];
  const row = await db.get('allowances', key);
  const isOver = !row || now() - row.since >= HOUR_MS || now() < row.since;
  const { since, count } = isOver ? { since: now(), count: 0 } : row;
  return count < MOST_REQUESTS ? put('allowances', key, { since, count: count + 1 }) : undefined;
}

/** The ratchet key that an envelope names. */
function ratchetKeyOf({ type, content }: UndecryptableRow): Uint8Array | undefined {
  try {
    if (type === SIGNAL_MESSAGE) return parseSignalMessage(content).ratchetKey;
    if (type !== PRE_KEY_MESSAGE) return undefined;
    return parseSignalMessage(parsePreKeySignalMessage(content).message).ratchetKey;
  } catch {
    return undefined;
  }
}

/** A PlaintextContent with a DecryptionErrorMessage. */
export function writeRequest({ deviceId, ratchetKey, envelopeIds }: Request, timestamp: number): Uint8Array {
  const body = wire.Plaintext.encode({
    decryptionError: {
      ...(ratchetKey && { ratchetKey }),
      timestamp: toTime(timestamp),
      deviceId,
      envelopeIds: envelopeIds.map(hexToBytes),
    },
  }).finish();
  return Uint8Array.of(FIRST_BYTE, ...body, LAST_BYTE);
}

/** Reads what {@link writeRequest} writes; undefined for anything else. */
export function readRequest(bytes: Uint8Array): Request | undefined {
  if (bytes[0] !== FIRST_BYTE || bytes.at(-1) !== LAST_BYTE) return undefined;
  try {
    const { decryptionError } = wire.Plaintext.decode(bytes.subarray(1, -1));
    const { deviceId, ratchetKey, envelopeIds = [] } = decryptionError ?? {};
    if (!deviceId || !envelopeIds?.length || envelopeIds.length > MAX_RESENT) return undefined;
    if (envelopeIds.some(({ length }) => length !== ID_BYTES)) return undefined;
    if (ratchetKey?.length && ratchetKey.length !== KEY_BYTES) return undefined;
    return {
      deviceId,
      ratchetKey: ratchetKey?.length ? ratchetKey : undefined,
      envelopeIds: envelopeIds.map(bytesToHex),
    };
  } catch (error) {
    if (codeOf(error) === 'internal') return undefined;
    throw error;
  }
}
