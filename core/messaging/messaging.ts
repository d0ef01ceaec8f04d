/**
 * One-to-one conversations of a device that is signed in: everything a person does in them.
 *
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { Directory } from '../directory/directory.js';
import { ComingError } from '../errors.js';
import type { SignedEntry } from '../identity/index.js';
import { loaded } from '../lazy.js';
import type { Primitives } from '../ratchet/index.js';
import { Refresher } from '../refresher.js';
import {
  put,
  remove,
  type AccountHex,
  type Change,
  type Database,
  type IdHex,
  type MessageRow,
  type StoredDraft,
} from '../store/index.js';
import type { Receiver, Relay } from '../transport/index.js';
import type { Actions } from './actions.js';
import { checkText, MAX_RECEIPT_IDS, type Content, type Received } from './content.js';
import type { MessagingContext } from './context.js';
import type { Device } from './device.js';
import { Inbox } from './inbox.js';
import { KeyedLock } from '../keyed-lock.js';
import { Outbox } from './outbox.js';
import { paymentContent, paymentOf } from './payment-rows.js';
import { running } from './progress.js';
import {
  appendMessage,
  conversationWith,
  ownMessage,
  removeMessages,
  setOutcome,
  storedMessage,
} from './rows.js';
import { Sessions } from './sessions.js';
import { isOn } from './settings.js';
import type { Typing } from './typing.js';

export interface MessagingOptions {
  readonly db: Database;
  readonly relay: Relay;
  readonly primitives: Primitives;
  readonly device: Device;
  readonly now: () => number;
  /** Calls back once after so many ms; what it returns takes that back. The platform's timers by default. */
  readonly after?: ((ms: number, work: () => void) => () => void) | undefined;
  /** Called after what a conversation shows has changed in the database. */
  readonly changed: (peer: AccountHex) => void;
  /** Called after a peer's claim to have paid was stored. */
  readonly claimed: (peer: AccountHex, id: IdHex) => void;
  /** Called when the account's own log went on: other devices, or another name or access of this one. */
  readonly devicesChanged: () => void;
  /** Called when the account has removed this device. */
  readonly removed: () => void;
  /** Called when the background work meets an error that nobody waits for. */
  readonly failed: (error: unknown) => void;
}

/** No timer runs for longer than this, ms: the clock may be set meanwhile. */
const LONGEST_WAIT_MS = 60 * 60 * 1000;

export class Messaging {
  readonly #context: MessagingContext;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #expiry = new Refresher(() => this.#eraseDue());
  #actions: Promise<Actions> | undefined;
  #typing: Typing | undefined;
  #loadingTyping: Promise<Typing> | undefined;
  #cancelExpiry: (() => void) | undefined;
  #stopped = false;

  constructor(private readonly options: MessagingOptions) {
    const { db, relay, primitives, device, now, after = platformTimer, changed, claimed, failed } = options;
    this.#context = {
      db,
      device,
      carrier: relay,
      directory: new Directory(db, relay, {
        account: device.row.account,
        log: () => device.log(),
        learn: (entries) => this.#learnOwn(entries),
      }),
      sessions: new Sessions(db, primitives, device, now),
      lock: new KeyedLock(),
      now,
      newId: () => bytesToHex(primitives.randomBytes(16)),
      after,
      changed: (peer) => {
        changed(peer);
        this.#expiry.refresh().catch(failed);
      },
      arrived: (peer, content, changes) => this.#arrived(peer, content, changes),
      claimed,
      failed,
    };
    this.#outbox = new Outbox(this.#context);
    this.#inbox = new Inbox(this.#context, this.#outbox);
  }

  /** Signs in to the relay and begins to send and receive. */
  start(): void {
    const { relay, device, failed } = this.options;
    const fillUp: Receiver['keysLow'] = (counts) => void device.fillUp(counts, relay).catch(failed);
    relay.signIn(device.credentials, {
      deliver: (envelopes) => this.#inbox.deliver(envelopes),
      signedIn: (counts) => {
        fillUp(counts);
        this.#outbox.isOwnLogKnown = false;
        this.#inbox.askAll().catch(failed);
        void this.#outbox.wakeAll().catch(failed);
      },
      failed,
      keysLow: fillUp,
      ownLog: async (entries) => {
        try {
          return (await this.#learnOwn(entries)) === 'behind';
        } catch (error) {
          failed(error);
          return false;
        }
      },
    });
  }

  async #learnOwn(entries: readonly SignedEntry[]): Promise<'current' | 'behind' | 'removed'> {
    const { device, devicesChanged, removed } = this.options;
    const outcome = await device.learn(entries);
    this.#outbox.isOwnLogKnown = true;
    if (outcome === 'removed') removed();
    else devicesChanged();
    return outcome;
  }

  stop(): void {
    this.#stopped = true;
    this.#outbox.stop();
    this.#typing?.stop();
    this.#expiry.stop();
    this.#cancelExpiry?.();
  }

  /** What a person does besides writing and reading. @throws ComingError `not-loaded` */
  actions(): Promise<Actions> {
    this.#actions ??= loaded(import('./actions.js')).then(
      ({ Actions }) => new Actions(this.#context, this, this.#outbox),
      (error: unknown) => {
        this.#actions = undefined; // code that did not load may load the next time
        throw error;
      },
    );
    return this.#actions;
  }

  /** Erases what is due, and from then on each message when its time is over. */
  eraseDue(): Promise<void> {
    return this.#expiry.refresh();
  }

  /** Whether a peer is writing at this moment, as far as they tell. */
  isTyping(peer: AccountHex): boolean {
    return this.#typing?.isTyping(peer) ?? false;
  }

  /** Tells a peer who is there that this person is writing, or no longer; in vain is as good. */
  async setTyping(peer: AccountHex, active: boolean): Promise<void> {
    const typing = await this.#loadTyping();
    if (!this.#stopped) await typing.tell(peer, active).catch(() => undefined);
  }

  /**
   * Stores a text for sending and returns its message's id. In the same transaction the draft is gone. What was sent under
   * this id before is not sent again.
   *
   * @param id - 32 hexadecimal digits
   * @throws ComingError `message-empty`, `message-too-long`, `storage-full`
   * @throws RangeError when `id` is none
   */
  async send(
    peer: AccountHex,
    { text, replyTo }: StoredDraft,
    id: IdHex = this.#context.newId(),
  ): Promise<IdHex> {
    const { now } = this.#context;
    if (!/^[0-9a-f]{32}$/.test(id)) throw new RangeError('an id has 32 hexadecimal digits');
    const sendable = checkText(text);
    const sentAt = now();
    await this.write(peer, async (db, queue) => {
      const expiresAfter = (await db.get('conversations', peer))?.timer?.seconds || undefined;
      const message = {
        peer,
        id,
        mine: true,
        text: sendable,
        sentAt,
        state: 'queued',
        isPayment: false,
        reply: replyTo,
        expiresAfter,
      } as const;
      const added = await appendMessage(db, message, sentAt, { beside: { draft: undefined } });
      return added.length > 0 ? [...added, await queue(textContent(message), id)] : [];
    });
    this.#typing?.sent(peer);
    this.#introduce(peer).catch(this.#context.failed);
    return id;
  }

  /** Queues a failed message again, as the same content; a receiver that has it drops it. */
  async retry(peer: AccountHex, id: IdHex): Promise<void> {
    await this.write(peer, async (db, queue) => {
      const message = await ownMessage(db, peer, id);
      if (message?.state !== 'failed' || message.deleted) return [];
      const content = message.isPayment
        ? paymentContent(message, await paymentOf(db, message))
        : textContent(message);
      if (!content) return [];
      return [...(await setOutcome(db, peer, id, 'queued', undefined)), await queue(content, id)];
    });
  }

  /**
   * Takes back a message of which nothing left this device.
   *
   * @throws ComingError `already-sent`
   */
  async cancel(peer: AccountHex, id: IdHex): Promise<void> {
    await this.write(peer, async (db) => {
      const message = await ownMessage(db, peer, id);
      const isHere = message?.state === 'queued' || message?.state === 'failed';
      // Whatever was encrypted may have left.
      if (!isHere || message.isPayment || (await db.get('sentContents', [peer, id]))) {
        throw new ComingError('already-sent', 'some of the message may have left this device');
      }
      const waiting = await db.list('outbox', { prefix: [peer] });
      const rows = waiting.filter(({ value }) => value.messageId === id);
      return [
        ...rows.map(({ key }) => remove('outbox', key)),
        ...(await removeMessages(db, peer, [message])),
      ];
    });
  }

  /** Marks everything received as shown; tells one's own other devices, and the sender unless the person does not want that. */
  async markRead(peer: AccountHex): Promise<void> {
    await this.write(peer, async (db) => {
      const isTold = await isOn(db, peer, 'readReceipts');
      const conversation = await db.get('conversations', peer);
      if (!conversation || conversation.unread === 0) return [];
      const changes: Change[] = [put('conversations', peer, { ...conversation, unread: 0 })];
      const read: IdHex[] = [];
      let before: [string, number] = [peer, conversation.nextOrder];
      for (let left = conversation.unread; left > 0;) {
        const rows = await db.list('messages', { prefix: [peer], before, reverse: true, limit: 100 });
        if (rows.length === 0) break;
        for (const { value } of rows) {
          before = [peer, value.order];
          if (value.mine || value.seen || left === 0) continue;
          left -= 1;
          changes.push(...storedMessage(running({ ...value, seen: true }, this.#context.now())));
          read.push(value.id);
          if (!isTold) continue;
          changes.push(
            put('receipts', [peer, 'read', value.id], { peer, kind: 'read', contentId: value.id }),
          );
        }
      }
      const origin = conversation.origin ?? this.origin;
      for (let at = 0; at < read.length; at += MAX_RECEIPT_IDS) {
        const contentIds = read.slice(at, at + MAX_RECEIPT_IDS);
        changes.push(...(await this.#outbox.queueOwn({ kind: 'read-on-other', peer, contentIds }, origin)));
      }
      return changes;
    });
  }

  /** Whose devices are known. */
  get directory(): Directory {
    return this.#context.directory;
  }

  /** The account of this device. */
  get account(): AccountHex {
    return this.options.device.row.account;
  }

  /** The origin of this device: where conversations start that it starts. */
  get origin(): string {
    return this.options.device.row.origin;
  }

  /** Creates the conversation if there is none. */
  async ensureConversation(peer: AccountHex): Promise<void> {
    await this.write(peer, async (db) => {
      if (await db.get('conversations', peer)) return [];
      return [put('conversations', peer, await conversationWith(db, peer, this.#context.now()))];
    });
  }

  /**
   * Commits what `changesOf` makes of what is stored about a peer, and sends what it queued.
   *
   * @param changesOf - Reads and decides; nobody else changes anything of this peer meanwhile.
   */
  async write(peer: AccountHex, changesOf: (db: Database, queue: Queue) => Promise<Change[]>): Promise<void> {
    const { db, lock, changed } = this.#context;
    const queue: Queue = (content, messageId) => this.#outbox.queue(peer, content, messageId);
    const count = await lock.run(peer, async () => {
      const changes = await changesOf(db, queue);
      if (changes.length > 0) await db.commit(changes);
      return changes.length;
    });
    if (count === 0) return;
    changed(peer);
    this.#outbox.wake(peer);
    this.#outbox.wakeOwn();
  }

  /** Tells the peer who this person is, where they do not know the latest of it. */
  async #introduce(peer: AccountHex): Promise<void> {
    const { db } = this.#context;
    const version = (await db.get('profiles', 'own'))?.version ?? 0;
    const told = (await db.get('conversations', peer))?.told ?? 0;
    if (version !== told) await (await this.actions()).introduce(peer);
  }

  #arrived(peer: AccountHex, { body }: Received, changes: readonly Change[]): void {
    const { failed } = this.#context;
    if (body.kind === 'typing' || this.isTyping(peer)) {
      const active = body.kind === 'typing' && body.active;
      if (body.kind !== 'receipt') void this.#typed(peer, active).catch(failed);
    }
    if (changes.some(beginsRequest)) void this.#makeRoom().catch(failed);
  }

  async #typed(peer: AccountHex, active: boolean): Promise<void> {
    const typing = await this.#loadTyping();
    if (!this.#stopped) await typing.arrived(peer, active);
  }

  async #loadTyping(): Promise<Typing> {
    this.#loadingTyping ??= loaded(import('./typing.js')).then(
      ({ Typing }) => (this.#typing = new Typing(this.#context)),
      (error: unknown) => {
        this.#loadingTyping = undefined;
        throw error;
      },
    );
    return this.#loadingTyping;
  }

  async #makeRoom(): Promise<void> {
    const { makeRoom } = await loaded(import('./erasing.js'));
    await makeRoom(this.#context);
  }

  async #eraseDue(): Promise<void> {
    const { db, now, after, failed } = this.#context;
    this.#cancelExpiry?.();
    const [next] = await db.list('expiring', { limit: 1 });
    if (!next || this.#stopped) return;
    const wait = Number((next.key as readonly unknown[])[0]) - now();
    if (wait <= 0) {
      const { eraseDue } = await loaded(import('./erasing.js'));
      await eraseDue(this.#context);
      return this.#eraseDue();
    }
    this.#cancelExpiry = after(Math.min(wait, LONGEST_WAIT_MS), () => {
      this.#expiry.refresh().catch(failed);
    });
  }
}

/** Whether a stranger's first message is among what was stored. */
function beginsRequest(change: Change): boolean {
  if (change.table !== 'conversations' || !('put' in change)) return false;
  return change.put.request === true && change.put.nextOrder === 1;
}

/** The change that queues a content for the peer; the state of the message follows it. */
export type Queue = (content: Content, messageId: IdHex | undefined) => Promise<Change>;

function textContent({
  id,
  sentAt,
  text,
  reply,
  expiresAfter,
}: Pick<MessageRow, 'id' | 'sentAt' | 'text' | 'reply' | 'expiresAfter'>): Content {
  const replyTo = reply && { id: reply.id, own: reply.mine };
  return { id, sentAt, body: { kind: 'text', text, replyTo, expiresAfter } };
}

function platformTimer(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}
