/**
 * A conversation as elements see it: a snapshot that is read anew from the database after every change.
 *
 * The database is the truth and the view a projection of its latest rows, so that nothing can be
 * shown that is not stored, and a crash leaves nothing to repair.
 *
 * @module
 */
import { signal, type Signal } from '@preact/signals-core';
import { hexToBytes } from '@noble/hashes/utils.js';
import type { Conversation, ConversationSnapshot, ConversationSummary, Message, Payment } from '../client.js';
import type { Asset } from '../ledger/assets.js';
import { encodeAddress } from '../identity/index.js';
import type { Messaging } from '../messaging/index.js';
import { storedPayment } from '../payments/snapshot.js';
import type { AccountHex, ConversationRow, Database, MessageRow } from '../store/index.js';
import { Refresher } from '../refresher.js';

/** Messages in a new view, and added by each step back. */
const PAGE = 60;

export class ConversationView implements Conversation {
  readonly #snapshot: Signal<ConversationSnapshot>;
  readonly #refresher = new Refresher(() => this.#read());
  #wanted = PAGE;
  /** Keeps what is already shown in the snapshot when messages are added below it. */
  #oldest: number | undefined;

  constructor(
    private account: AccountHex,
    private readonly db: Database,
    /** Replaced when this device goes on as one of another account. */
    public messaging: Messaging,
    private readonly assets: readonly Asset[],
    private readonly closed: (view: ConversationView) => void,
  ) {
    this.#snapshot = signal({
      peer: this.peer,
      petname: '',
      loading: true,
      messages: [],
      hasEarlier: false,
      unread: 0,
      undecryptable: 0,
      origin: this.messaging.origin,
      elsewhere: undefined,
      newDevices: 0,
      problem: undefined,
    });
  }

  /** Changes when another account continues this one. */
  get peer(): string {
    return encodeAddress(hexToBytes(this.account));
  }

  get snapshot(): Signal<ConversationSnapshot> {
    return this.#snapshot;
  }

  refresh(): Promise<void> {
    return this.#refresher.refresh();
  }

  async send(text: string, options: { id?: string } = {}): Promise<string> {
    const id = await this.messaging.send(this.account, text, options.id);
    // Whoever knows the id finds it in the snapshot.
    await this.refresh();
    return id;
  }

  retry(messageId: string): Promise<void> {
    return this.messaging.retry(this.account, messageId);
  }

  markRead(): Promise<void> {
    return this.messaging.markRead(this.account);
  }

  answerElsewhere(): Promise<void> {
    return this.messaging.answerElsewhere(this.account);
  }

  setPetname(name: string): Promise<void> {
    return this.messaging.setPetname(this.account, name);
  }

  async loadEarlier(): Promise<void> {
    this.#wanted = this.#snapshot.value.messages.length + PAGE;
    this.#oldest = undefined;
    await this.refresh();
  }

  close(): void {
    this.#refresher.stop();
    this.closed(this);
  }

  async #read(): Promise<void> {
    this.account = await this.messaging.directory.successorOf(this.account);
    const [conversation, person, newDevices] = await Promise.all([
      this.db.get('conversations', this.account),
      this.db.get('people', this.account),
      this.messaging.directory.newDevices(this.account),
    ]);
    const added = conversation && this.#oldest !== undefined ? conversation.nextOrder - this.#oldest : 0;
    const limit = Math.max(this.#wanted, added);
    const rows = await this.db.list('messages', { prefix: [this.account], reverse: true, limit: limit + 1 });
    const hasEarlier = rows.length > limit;
    const messages = rows.slice(0, limit).reverse();
    const shown: Message[] = [];
    for (const { value } of messages) {
      shown.push(toMessage(value, value.isPayment && (await storedPayment(this.db, value, this.assets))));
    }
    this.#oldest = messages[0]?.value.order;
    this.#snapshot.value = {
      peer: this.peer,
      petname: conversation?.petname ?? '',
      loading: false,
      messages: shown,
      hasEarlier,
      unread: conversation?.unread ?? 0,
      undecryptable: conversation?.undecryptable ?? 0,
      origin: conversation?.origin ?? this.messaging.origin,
      elsewhere: conversation?.elsewhere,
      newDevices,
      problem: person?.blocked ? 'blocked' : person?.changed,
    };
  }
}

export async function toSummary(
  db: Database,
  { peer, petname, lastMessage, unread, lastActivity }: ConversationRow,
  assets: readonly Asset[],
): Promise<ConversationSummary> {
  const payment = lastMessage?.isPayment && (await storedPayment(db, lastMessage, assets));
  return {
    peer: encodeAddress(hexToBytes(peer)),
    petname,
    lastMessage: lastMessage && toMessage(lastMessage, payment),
    unread,
    lastActivity,
  };
}

function toMessage(
  { id, mine, text, sentAt, state, problem }: MessageRow,
  payment: Payment | false | undefined,
): Message {
  return { id, mine, text, sentAt, state, problem, payment: payment || undefined };
}
