/**
 * Keeps envelopes that cannot be read, and says so in the conversation.
 *
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import type { ErrorCode } from '../errors.js';
import { put, type Change, type ConversationRow } from '../store/index.js';
import type { IncomingEnvelope } from '../transport/index.js';
import type { MessagingContext } from './context.js';
import { appendMessage, withConversation } from './rows.js';

// Undecryptable envelopes kept of one sender: nobody fills this device's disk with noise. Of more only their ids, to ask
// for them.
const MAX_KEPT = 100;
// Of a stranger, of whom there may be many.
const MAX_KEPT_OF_STRANGER = 3;
const MAX_NOTED = 1000;
// So many of the newest messages may be placeholders, or nobody could read the others.
const NEWEST = 60;
const MAX_PLACEHOLDERS = 30;

/**
 * Keeps an envelope that cannot be read, and says so in the conversation if there is one. The caller holds the sender's
 * lock.
 *
 * @param beside - Committed along with it.
 * @param isAsked - Whether its sender is asked for it again.
 * @returns whether they are to be asked, which they are not for what nobody wants to read
 */
export async function keep(
  context: MessagingContext,
  envelope: IncomingEnvelope,
  beside: readonly Change[],
  code: ErrorCode,
  isAsked: boolean,
): Promise<boolean> {
  const { db, changed, now } = context;
  const sender = bytesToHex(envelope.senderAccount);
  const envelopeId = bytesToHex(envelope.id);
  const { senderDevice, type, content, receivedAt } = envelope;
  const row = { sender, senderDevice, envelopeId, type, receivedAt, code };
  const conversation = await db.get('conversations', sender);
  const [first] = await db.list('undecryptable', { prefix: [sender], limit: 1 });
  const [last] = await db.list('undecryptable', { prefix: [sender], reverse: true, limit: 1 });
  const n = last ? last.value.n + 1 : 0;
  const count = first ? n - first.value.n : 0;
  const person = await db.get('people', sender);
  const isWanted = isAsked && count < MAX_NOTED && !person?.blocked && !person?.continuedBy;
  const isWhole = count < (conversation ? MAX_KEPT : MAX_KEPT_OF_STRANGER);
  const kept = { n, ...row, keptAt: now(), content: isWhole ? content : new Uint8Array() };
  const isKept = count < (isWanted ? MAX_NOTED : MAX_KEPT);
  const changes = [
    ...beside,
    ...(isKept
      ? [put('undecryptable', [sender, n], { ...kept, ...(isWanted && { request: 'waiting' as const }) })]
      : []),
    ...(isWanted && conversation ? await placeholder(context, conversation, envelope) : []),
  ];
  await db.commit(
    await withConversation(db, sender, changes, (row) => ({ ...row, undecryptable: row.undecryptable + 1 })),
  );
  if (conversation) changed(sender);
  return isWanted;
}

/** Stands in a conversation for a message that could not be decrypted. */
async function placeholder(
  { db, device, now }: MessagingContext,
  { peer }: ConversationRow,
  envelope: IncomingEnvelope,
): Promise<Change[]> {
  // What one's own devices tell each other stands in other conversations.
  if (peer === device.row.account) return [];
  const newest = await db.list('messages', { prefix: [peer], reverse: true, limit: NEWEST });
  const count = newest.filter(({ value }) => value.state === 'undecryptable').length;
  if (count >= MAX_PLACEHOLDERS) return [];
  const message = {
    peer,
    id: bytesToHex(envelope.id),
    mine: false,
    text: '',
    sentAt: Math.min(envelope.receivedAt * 1000, now()),
    state: 'undecryptable',
    isPayment: false,
  } as const;
  return appendMessage(db, message, now());
}
