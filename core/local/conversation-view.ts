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
import type {
  Conversation,
  ConversationSettings,
  ConversationSnapshot,
  ConversationSummary,
  DefaultSettings,
  Draft,
  Message,
  MessageRef,
  Payment,
  Profile,
  Quote,
  SendOptions,
} from '../client.js';
import type { Asset } from '../ledger/assets.js';
import { encodeAddress } from '../identity/index.js';
import { storedPayment } from '../payments/snapshot.js';
import { messageOf, type Messaging } from '../messaging/index.js';
import type { AccountHex, ConversationRow, Database, MessageRow, ProfileRow, Range } from '../store/index.js';
import { Refresher } from '../refresher.js';

/** Messages in a new view, and added by each step back. */
const PAGE = 60;
/** As much of a quoted text is shown, in characters. */
const QUOTED = 200;

export class ConversationView implements Conversation {
  readonly #snapshot: Signal<ConversationSnapshot>;
  readonly #refresher = new Refresher(() => this.#read());
  #wanted = PAGE;
  /** Only messages before this one are shown; undefined: the latest. */
  #end: number | undefined;
  /** Keeps what is already shown in the snapshot when messages are added below it. */
  #shown: { readonly count: number; readonly newest: number } | undefined;

  constructor(
    private account: AccountHex,
    /** Replaced with {@link messaging} when what was stored is gone. */
    public db: Database,
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
      hasLater: false,
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

  async send(text: string | Draft, options?: SendOptions): Promise<string> {
    const draft = typeof text === 'string' ? { text } : text;
    const id = await this.messaging.send(this.account, draft, options?.id);
    // Whoever knows the id finds it in the snapshot. It is said also where it cannot be shown: nobody should say it again.
    await this.refresh().catch(() => undefined);
    return id;
  }

  retry(messageId: string): Promise<void> {
    return this.messaging.retry(this.account, messageId);
  }

  cancel(messageId: string): Promise<void> {
    return this.messaging.cancel(this.account, messageId);
  }

  markRead(): Promise<void> {
    return this.messaging.markRead(this.account);
  }

  async react(message: MessageRef, emoji: string): Promise<void> {
    await (await this.messaging.actions()).react(this.account, message, emoji);
  }

  async edit(messageId: string, text: string): Promise<void> {
    await (await this.messaging.actions()).edit(this.account, messageId, text);
  }

  async deleteForEveryone(messageId: string): Promise<void> {
    await (await this.messaging.actions()).deleteForEveryone(this.account, messageId);
  }

  async deleteHere(message: MessageRef): Promise<void> {
    await (await this.messaging.actions()).deleteHere(this.account, message);
  }

  setTyping(active: boolean): Promise<void> {
    return this.messaging.setTyping(this.account, active);
  }

  async setTimer(seconds: number): Promise<void> {
    await (await this.messaging.actions()).setTimer(this.account, seconds);
  }

  async setSettings(settings: ConversationSettings): Promise<void> {
    await (await this.messaging.actions()).setSettings(this.account, settings);
  }

  async accept(): Promise<void> {
    await (await this.messaging.actions()).accept(this.account);
  }

  async saveDraft(draft: Draft | undefined): Promise<void> {
    await (await this.messaging.actions()).saveDraft(this.account, draft);
  }

  async deleteConversation(): Promise<void> {
    await (await this.messaging.actions()).deleteConversation(this.account);
  }

  async answerElsewhere(): Promise<void> {
    await (await this.messaging.actions()).answerElsewhere(this.account);
  }

  async setPetname(name: string): Promise<void> {
    await (await this.messaging.actions()).setPetname(this.account, name);
  }

  async loadEarlier(): Promise<void> {
    this.#wanted = this.#snapshot.value.messages.length + PAGE;
    this.#shown = undefined;
    await this.refresh();
  }

  async loadAround(messageId: string): Promise<boolean> {
    const { db, account } = this;
    const [mine, theirs] = await Promise.all(
      [true, false].map((side) => messageOf(db, account, { id: messageId, mine: side })),
    );
    const order = (mine ?? theirs)?.order;
    if (order === undefined) return false;
    const later = await this.#behind(order, PAGE / 2);
    await this.#show(later[PAGE / 2 - 1], PAGE);
    return true;
  }

  async loadLater(): Promise<void> {
    if (this.#end === undefined) return;
    const later = await this.#behind(this.#end, PAGE);
    // The one that was the end is shown from now on; those before stay the first.
    const added = Math.min(PAGE, 1 + later.length);
    await this.#show(later[PAGE - 1], this.#snapshot.value.messages.length + added);
  }

  loadLatest(): Promise<void> {
    return this.#show(undefined, PAGE);
  }

  /** The order of so many messages behind one. */
  async #behind(order: number, limit: number): Promise<number[]> {
    const { account } = this;
    const later = await this.db.list('messages', { prefix: [account], after: [account, order], limit });
    return later.map(({ value }) => value.order);
  }

  /** Shows so many messages before one; undefined: the latest. */
  #show(end: number | undefined, wanted: number): Promise<void> {
    this.#end = end;
    this.#wanted = wanted;
    this.#shown = undefined;
    return this.refresh();
  }

  close(): void {
    this.#refresher.stop();
    this.closed(this);
  }

  /** Closes, and shows nothing any more. */
  forget(): void {
    this.close();
    this.#snapshot.value = {
      ...this.#snapshot.value,
      petname: '',
      messages: [],
      hasEarlier: false,
      hasLater: false,
      unread: 0,
      profile: undefined,
      typing: false,
      draft: undefined,
    };
  }

  async #read(): Promise<void> {
    this.account = await this.messaging.directory.successorOf(this.account);
    const { account, db, messaging } = this;
    const [conversation, person, newDevices, profile, own] = await Promise.all([
      db.get('conversations', account),
      db.get('people', account),
      messaging.directory.newDevices(account),
      db.get('profiles', account),
      db.get('profiles', 'own'),
    ]);
    const nextOrder = conversation?.nextOrder ?? 0;
    if (this.#end !== undefined && this.#end >= nextOrder) this.#end = undefined;
    const range: Range = {
      prefix: [account],
      ...(this.#end !== undefined && { before: [account, this.#end] }),
    };
    const { count, newest } = this.#shown ?? { count: 0, newest: Infinity };
    const added = await db.list('messages', { ...range, after: [account, newest] });
    const limit = Math.max(this.#wanted, count + added.length);
    const rows = await db.list('messages', { ...range, reverse: true, limit: limit + 1 });
    const hasEarlier = rows.length > limit;
    const messages = rows.slice(0, limit).reverse();
    const shown: Message[] = [];
    for (const { value } of messages) {
      const payment = value.isPayment && (await storedPayment(db, value, this.assets));
      shown.push(toMessage(value, payment, await quoteOf(db, value)));
    }
    if (this.#refresher.isStopped) return;
    const last = messages.at(-1)?.value.order;
    this.#shown = last === undefined ? undefined : { count: messages.length, newest: last };
    const { muted, readReceipts, typing } = { ...own?.settings, ...definedOf(conversation?.settings) };
    this.#snapshot.value = {
      peer: this.peer,
      petname: conversation?.petname ?? '',
      loading: false,
      messages: shown,
      hasEarlier,
      hasLater: this.#end !== undefined,
      unread: conversation?.unread ?? 0,
      undecryptable: conversation?.undecryptable ?? 0,
      origin: conversation?.origin ?? messaging.origin,
      elsewhere: conversation?.elsewhere,
      newDevices,
      problem: person?.blocked ? 'blocked' : person?.changed,
      profile: profile && toProfile(profile),
      isSelf: account === messaging.account,
      request: conversation?.request ?? false,
      typing: messaging.isTyping(account),
      timer: conversation?.timer?.seconds ?? 0,
      settings: { muted: muted ?? false, readReceipts: readReceipts ?? true, typing: typing ?? true },
      draft: conversation?.draft,
    };
  }
}

export async function toSummary(
  db: Database,
  messaging: Pick<Messaging, 'account' | 'isTyping'>,
  { peer, petname, lastMessage, unread, lastActivity, request, settings, draft }: ConversationRow,
  assets: readonly Asset[],
  defaults: DefaultSettings | undefined,
): Promise<ConversationSummary> {
  const payment = lastMessage?.isPayment && (await storedPayment(db, lastMessage, assets));
  const profile = await db.get('profiles', peer);
  return {
    peer: encodeAddress(hexToBytes(peer)),
    petname,
    lastMessage: lastMessage && toMessage(lastMessage, payment, undefined),
    unread,
    lastActivity,
    profile: profile && toProfile(profile),
    isSelf: peer === messaging.account,
    request: request ?? false,
    typing: messaging.isTyping(peer),
    muted: settings?.muted ?? defaults?.muted ?? false,
    draft,
  };
}

/** What somebody says of themselves; the picture is asked for when it is to be seen. */
export function toProfile({ name, picture, version }: ProfileRow): Profile {
  return { name, picture: picture && version };
}

/** The message that another one answers, as it stands here. */
async function quoteOf(db: Database, { peer, reply }: MessageRow): Promise<Quote | undefined> {
  if (!reply) return undefined;
  const quoted = await messageOf(db, peer, reply);
  const { deleted = false, isPayment = false } = quoted ?? {};
  const text = quoted && [...quoted.text.slice(0, 2 * QUOTED)].slice(0, QUOTED).join('');
  return { ...reply, text, deleted, isPayment };
}

function toMessage(row: MessageRow, payment: Payment | false | undefined, reply: Quote | undefined): Message {
  const { id, mine, text, sentAt, state, problem, reactions = [], edited, deleted = false } = row;
  const { expiresAfter, expiresAt, timer } = row;
  return {
    id,
    mine,
    text,
    sentAt,
    state,
    problem,
    payment: payment || undefined,
    reply,
    reactions: reactions
      .filter(({ emoji }) => emoji !== '')
      .map((reaction) => ({ mine: reaction.mine, emoji: reaction.emoji }))
      .sort((a, b) => Number(a.mine) - Number(b.mine)),
    editedAt: edited?.at,
    deleted,
    expiresAfter,
    expiresAt,
    timer,
  };
}

/** Without what says nothing. */
function definedOf(settings: ConversationSettings = {}): ConversationSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
