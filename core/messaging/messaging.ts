/**
 * One-to-one conversations of a device that is signed in: everything a person does in them.
 *
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { Directory } from '../directory/directory.js';
import { ComingError } from '../errors.js';
import { withoutUnprintable } from '../identity/index.js';
import type { Primitives } from '../ratchet/index.js';
import { put, type AccountHex, type Change, type Database, type IdHex } from '../store/index.js';
import type { Receiver, Relay } from '../transport/index.js';
import { checkText, type Content } from './content.js';
import type { MessagingContext } from './context.js';
import type { Device } from './device.js';
import { Inbox } from './inbox.js';
import { KeyedLock } from '../keyed-lock.js';
import { Outbox } from './outbox.js';
import { paymentContent, paymentOf } from './payment-rows.js';
import { appendMessage, conversationWith, ownMessage, setOutcome } from './rows.js';
import { Sessions } from './sessions.js';

export interface MessagingOptions {
  readonly db: Database;
  readonly relay: Relay;
  readonly primitives: Primitives;
  readonly device: Device;
  readonly now: () => number;
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

/** The longest name a person can give to a peer, in characters. */
export const MAX_PETNAME = 64;

export class Messaging {
  readonly #context: MessagingContext;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;

  constructor(private readonly options: MessagingOptions) {
    const { db, relay, primitives, device, now, changed, claimed, failed } = options;
    this.#context = {
      db,
      device,
      carrier: relay,
      directory: new Directory(db, relay),
      sessions: new Sessions(db, primitives, device, now),
      lock: new KeyedLock(),
      now,
      newId: () => bytesToHex(primitives.randomBytes(16)),
      changed,
      claimed,
      failed,
    };
    this.#outbox = new Outbox(this.#context);
    this.#inbox = new Inbox(this.#context, this.#outbox);
  }

  /** Signs in to the relay and begins to send and receive. */
  start(): void {
    const { relay, device, devicesChanged, removed, failed } = this.options;
    const fillUp: Receiver['keysLow'] = (counts) => void device.fillUp(counts, relay).catch(failed);
    relay.signIn(device.credentials, {
      deliver: (envelopes) => this.#inbox.deliver(envelopes),
      signedIn: (counts) => {
        fillUp(counts);
        void this.#outbox.wakeAll().catch(failed);
      },
      failed,
      keysLow: fillUp,
      ownLog: async (entries) => {
        try {
          const outcome = await device.learn(entries);
          if (outcome === 'removed') removed();
          else devicesChanged();
          return outcome === 'behind';
        } catch (error) {
          failed(error);
          return false;
        }
      },
    });
    void this.#inbox.prune().catch(failed);
  }

  stop(): void {
    this.#outbox.stop();
  }

  /**
   * Stores a text for sending and returns its message's id. A message of this id that is there already stays as it is.
   *
   * @throws ComingError `message-empty`, `message-too-long`, `storage-full`
   * @throws RangeError when `id` is none
   */
  async send(peer: AccountHex, text: string, id: IdHex = this.#context.newId()): Promise<IdHex> {
    const { now } = this.#context;
    if (!/^[0-9a-f]{32}$/.test(id)) throw new RangeError('an id is 32 hexadecimal digits');
    const sendable = checkText(text);
    const sentAt = now();
    const message = {
      peer,
      id,
      mine: true,
      text: sendable,
      sentAt,
      state: 'queued',
      isPayment: false,
    } as const;
    await this.write(peer, async (db, queue) => {
      const changes = await appendMessage(db, message, sentAt);
      return changes.length > 0 ? [...changes, await queue(textContent(id, sentAt, sendable), id)] : [];
    });
    return id;
  }

  /** Tells a peer something that is no message. */
  async tell(peer: AccountHex, body: Content['body']): Promise<void> {
    const { newId, now } = this.#context;
    await this.write(peer, async (_, queue) => [
      await queue({ id: newId(), sentAt: now(), body }, undefined),
    ]);
  }

  /** Resolves when everything was sent that can be sent now. */
  settled(): Promise<void> {
    return this.#outbox.settled();
  }

  /** Queues a failed message again, as the same content; a receiver that has it drops it. */
  async retry(peer: AccountHex, id: IdHex): Promise<void> {
    await this.write(peer, async (db, queue) => {
      const message = await ownMessage(db, peer, id);
      if (message?.state !== 'failed') return [];
      const content = message.isPayment
        ? paymentContent(message, await paymentOf(db, message))
        : textContent(id, message.sentAt, message.text);
      if (!content) return [];
      return [...(await setOutcome(db, peer, id, 'queued', undefined)), await queue(content, id)];
    });
  }

  /** Marks everything received as shown, and tells the sender. */
  async markRead(peer: AccountHex): Promise<void> {
    await this.write(peer, async (db) => {
      const conversation = await db.get('conversations', peer);
      if (!conversation || conversation.unread === 0) return [];
      const changes: Change[] = [put('conversations', peer, { ...conversation, unread: 0 })];
      let before: [string, number] = [peer, conversation.nextOrder];
      for (let left = conversation.unread; left > 0;) {
        const rows = await db.list('messages', { prefix: [peer], before, reverse: true, limit: 100 });
        if (rows.length === 0) break;
        for (const { value } of rows) {
          before = [peer, value.order];
          if (value.mine || value.seen || left === 0) continue;
          left -= 1;
          changes.push(
            put('messages', [peer, value.order], { ...value, seen: true }),
            put('receipts', [peer, 'read', value.id], { peer, kind: 'read', contentId: value.id }),
          );
        }
      }
      return changes;
    });
  }

  /** Whose devices are known. */
  get directory(): Directory {
    return this.#context.directory;
  }

  /** The origin of this device: where conversations start that it starts. */
  get origin(): string {
    return this.options.device.row.origin;
  }

  /** Moves the conversation to where the peer wrote last. */
  async answerElsewhere(peer: AccountHex): Promise<void> {
    await this.write(peer, async (db) => {
      const conversation = await db.get('conversations', peer);
      if (!conversation?.elsewhere) return [];
      const { elsewhere: origin } = conversation;
      return [put('conversations', peer, { ...conversation, origin, elsewhere: undefined })];
    });
  }

  /** Creates the conversation if there is none. */
  async ensureConversation(peer: AccountHex): Promise<void> {
    if (peer === this.options.device.row.account) {
      throw new ComingError('own-account', 'this is the account of this device');
    }
    await this.write(peer, async (db) => {
      if (await db.get('conversations', peer)) return [];
      return [put('conversations', peer, await conversationWith(db, peer, this.#context.now()))];
    });
  }

  /** Gives the peer a name that only this device knows. */
  async setPetname(peer: AccountHex, name: string): Promise<void> {
    // Without what would turn the words around it; cut between characters.
    const petname = [...withoutUnprintable(name).trim()].slice(0, MAX_PETNAME).join('');
    await this.write(peer, async (db) => [
      put('conversations', peer, {
        ...(await conversationWith(db, peer, this.#context.now())),
        petname,
      }),
    ]);
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
  }
}

/** The change that queues a content for the peer; the state of the message follows it. */
export type Queue = (content: Content, messageId: IdHex | undefined) => Promise<Change>;

function textContent(id: IdHex, sentAt: number, text: string): Content {
  return { id, sentAt, body: { kind: 'text', text } };
}
