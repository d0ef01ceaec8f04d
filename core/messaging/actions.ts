/**
 * What a person does in a conversation besides writing and reading.
 *
 * Loaded when it is first done. Whatever tells the peer something is refused with the reason while nothing can be said
 * to them, so that nothing is shown here that they will never have.
 *
 * @module
 */
import { ComingError, type SeldomErrorCode } from '../errors.js';
import {
  put,
  type AccountHex,
  type Change,
  type ConversationRow,
  type ConversationSettings,
  type Database,
  type DefaultSettings,
  type IdHex,
  type MessageRef,
  type MessageRow,
  type ProfileRow,
  type Stamp,
  type StoredDraft,
} from '../store/index.js';
import { amended, EDITABLE_MS, type Amendment } from './amending.js';
import {
  checkLength,
  checkText,
  cleanNote,
  cleanPetname,
  type ContactState,
  type Content,
} from './content.js';
import type { MessagingContext } from './context.js';
import { eraseConversation, eraseMessages, forgetSent } from './erasing.js';
import { isEmoji, isTimer } from './kind-content.js';
import { timerSet } from './kinds.js';
import type { Messaging, Queue } from './messaging.js';
import type { Outbox } from './outbox.js';
import { cleanName, isPicture } from './profile.js';
import { conversationWith, messageOf, replaceMessages } from './rows.js';

/** What a person changes of what they say of themselves, and of what they chose for all conversations. */
export interface ProfileChange {
  readonly name?: string;
  /** Undefined: none. */
  readonly picture?: Uint8Array | undefined;
  readonly settings?: DefaultSettings;
}

/** Contacts who were heard of since are told of a new profile at once, others with the next message, ms. */
const RECENT_MS = 30 * 24 * 60 * 60 * 1000;

export class Actions {
  constructor(
    private readonly context: MessagingContext,
    private readonly messaging: Messaging,
    private readonly outbox: Outbox,
  ) {}

  /** Says something to a message with one emoji; the same again takes it back. */
  async react(peer: AccountHex, ref: MessageRef, emoji: string): Promise<void> {
    if (!isEmoji(emoji)) throw refused('invalid-reaction', 'not one emoji');
    await this.#amend(peer, ref, (message) => {
      const before = message.reactions?.find(({ mine }) => mine);
      const said = before?.emoji === emoji ? '' : emoji;
      const target = { id: ref.id, own: ref.mine };
      return { body: { kind: 'reaction', target, emoji: said }, after: before };
    });
  }

  async edit(peer: AccountHex, id: IdHex, text: string): Promise<void> {
    const sendable = checkText(text);
    await this.#amend(peer, { id, mine: true }, (message) => {
      const isOver = this.context.now() - message.sentAt > EDITABLE_MS;
      if (message.isPayment || isOver) throw refused('cannot-edit', 'not a text, or too old');
      return { body: { kind: 'edit', id, text: sendable }, after: message.edited };
    });
  }

  async deleteForEveryone(peer: AccountHex, id: IdHex): Promise<void> {
    const ref = { id, mine: true };
    if ((await messageOf(this.context.db, peer, ref))?.deleted) return;
    await this.#amend(peer, ref, ({ isPayment }) => {
      if (isPayment) throw refused('cannot-delete', 'what was paid stays');
      return { body: { kind: 'deletion', id }, after: undefined };
    });
  }

  async deleteHere(peer: AccountHex, ref: MessageRef): Promise<void> {
    await this.messaging.write(peer, async (db) => {
      const message = await messageOf(db, peer, ref);
      if (!message) return [];
      if (message.isPayment) throw refused('cannot-delete', 'what was paid stays');
      return eraseMessages(this.context, peer, [message]);
    });
  }

  async setTimer(peer: AccountHex, seconds: number): Promise<void> {
    if (!isTimer(seconds))
      throw refused('invalid-timer', 'not a whole number of seconds, or more than a year');
    const { context } = this;
    await this.#say(peer, async (db, queue) => {
      const conversation = await db.get('conversations', peer);
      const sentAt = this.#timeAfter(conversation?.timer);
      const content = { id: context.newId(), sentAt, body: { kind: 'timer', seconds } } as const;
      const changes = await timerSet(context, { peer, mine: true }, content, undefined);
      return [...changes, await queue(content, undefined)];
    });
  }

  /** Changes what is named; undefined goes back to the default. */
  async setSettings(peer: AccountHex, change: ConversationSettings): Promise<void> {
    await this.#update(peer, ({ settings }) => ({ settings: { ...settings, ...change } }));
  }

  async accept(peer: AccountHex): Promise<void> {
    await this.messaging.write(peer, async (db) => {
      const row = await db.get('conversations', peer);
      if (!row || (row.accepted && !row.request)) return [];
      const accepted = put('conversations', peer, { ...row, request: false, accepted: true });
      return [...(await this.#decided(peer, { accepted: true })), accepted];
    });
    await this.introduce(peer);
  }

  /** Moves the conversation to where the peer wrote last. */
  async answerElsewhere(peer: AccountHex): Promise<void> {
    await this.#update(peer, ({ origin, elsewhere }) => ({
      origin: elsewhere ?? origin,
      elsewhere: undefined,
    }));
  }

  /** Gives the peer a name that only the person's own devices know. */
  async setPetname(peer: AccountHex, name: string): Promise<void> {
    const petname = cleanPetname(name);
    await this.messaging.write(peer, async (db) => [
      ...(await this.#decided(peer, { petname })),
      put('conversations', peer, {
        ...(await conversationWith(db, peer, this.context.now())),
        petname,
        // Whoever has a name here is no stranger.
        ...(petname && { request: false }),
      }),
    ]);
  }

  /** Keeps what the person notes about somebody, on their own devices. */
  async setNote(peer: AccountHex, note: string): Promise<void> {
    await this.#decide(peer, { note: cleanNote(note) });
  }

  /** Nothing goes to or comes from a peer any more, on any of one's own devices; or it does again. */
  async setBlocked(peer: AccountHex, blocked: boolean): Promise<void> {
    await this.#decide(peer, { blocked });
  }

  async saveDraft(peer: AccountHex, draft: StoredDraft | undefined): Promise<void> {
    const isKept = draft && (draft.text !== '' || draft.replyTo);
    const kept = isKept ? { ...draft, text: checkLength(draft.text) } : undefined;
    await this.messaging.write(peer, async (db) => {
      const conversation = await conversationWith(db, peer, this.context.now());
      return [put('conversations', peer, { ...conversation, draft: kept })];
    });
  }

  async deleteConversation(peer: AccountHex): Promise<void> {
    await this.messaging.write(peer, () => eraseConversation(this.context, peer));
  }

  /** Tells a peer who this person says they are, if they do not know the latest of it. */
  async introduce(peer: AccountHex): Promise<void> {
    if (peer === this.context.device.row.account) return;
    await this.messaging.write(peer, async (db, queue) => {
      const own = await db.get('profiles', 'own');
      const conversation = await db.get('conversations', peer);
      const isWanted = conversation?.accepted && !conversation.request;
      if (!own?.version || !isWanted || conversation.told === own.version) return [];
      const told = put('conversations', peer, { ...conversation, told: own.version });
      return [told, await queue(this.#profile(own), undefined)];
    });
  }

  async setProfile(change: ProfileChange): Promise<void> {
    const { db, device, lock, now } = this.context;
    const { account } = device.row;
    const { picture, name } = change;
    if (picture && !isPicture(picture)) throw refused('invalid-picture', 'not a small WebP, PNG or JPEG');
    const isNews = 'picture' in change || name !== undefined;
    const own = await lock.run(account, async () => {
      const before = (await db.get('profiles', 'own')) ?? { version: 0, name: '', picture: undefined };
      const row: ProfileRow = {
        ...before,
        ...('picture' in change && { picture }),
        ...(name !== undefined && { name: cleanName(name) }),
        ...(change.settings && { settings: { ...before.settings, ...change.settings } }),
        version: isNews ? Math.max(now(), before.version + 1) : before.version,
      };
      await db.commit([put('profiles', 'own', row)]);
      return row;
    });
    this.context.changed(account);
    if (!isNews) return;
    await this.messaging.write(account, async (_, queue) => [await queue(this.#profile(own), undefined)]);
    for (const { value } of await db.list('conversations')) {
      if (value.accepted && value.lastActivity > now() - RECENT_MS) await this.introduce(value.peer);
    }
  }

  async #decide(peer: AccountHex, state: Pick<ContactState, 'blocked' | 'note'>): Promise<void> {
    await this.context.directory.update(peer, state, await this.#decided(peer, state));
    this.outbox.wakeOwn();
  }

  /** Notes when the person decided something, and tells their other devices. */
  async #decided(peer: AccountHex, state: ContactState): Promise<Change[]> {
    const { db, newId, now } = this.context;
    const id = newId();
    // The same moment here and there, and later than what it is to replace: or two devices would judge differently.
    let at = now();
    for (const field of Object.keys(state)) {
      at = Math.max(at, ((await db.get('decisions', [peer, field]))?.at ?? 0) + 1);
    }
    const origin = (await db.get('conversations', peer))?.origin ?? this.messaging.origin;
    const said = { kind: 'contact-state', peer, ...state } as const;
    return [
      ...Object.keys(state).map((field) => put('decisions', [peer, field], { at, id })),
      ...(await this.outbox.queueOwn(said, origin, { id, sentAt: at })),
    ];
  }

  #profile({ version, name, picture }: ProfileRow): Content {
    const { newId, now } = this.context;
    return { id: newId(), sentAt: now(), body: { kind: 'profile', version, name, picture } };
  }

  /** Says something about a message, and shows it. */
  async #amend(
    peer: AccountHex,
    ref: MessageRef,
    decide: (message: MessageRow) => { readonly body: Amendment; readonly after: Stamp | undefined },
  ): Promise<void> {
    await this.#say(peer, async (db, queue) => {
      const message = await messageOf(db, peer, ref);
      const isSaid = message && message.timer === undefined && message.state !== 'undecryptable';
      if (!isSaid || message.deleted) {
        throw refused('unknown-message', 'there is no such message here');
      }
      const { body, after } = decide(message);
      const content = { id: this.context.newId(), sentAt: this.#timeAfter(after), body };
      const row = amended(message, { mine: true, arrivedAt: undefined, content });
      const { account } = this.context.device.row;
      return [
        ...(await replaceMessages(db, peer, [row])),
        ...(row.deleted ? await forgetSent(db, account, peer, (id) => id === ref.id) : []),
        await queue(content, undefined),
      ];
    });
  }

  /** Tells a peer something, if anything can be told to them. */
  async #say(peer: AccountHex, changesOf: (db: Database, queue: Queue) => Promise<Change[]>): Promise<void> {
    if (peer !== this.context.device.row.account) await this.context.directory.requireTrust(peer);
    await this.messaging.write(peer, async (db, queue) => {
      if ((await db.get('conversations', peer))?.request) {
        throw refused('not-accepted', 'a stranger learns nothing before they are accepted');
      }
      return changesOf(db, queue);
    });
  }

  async #update(peer: AccountHex, change: (row: ConversationRow) => Partial<ConversationRow>): Promise<void> {
    await this.messaging.write(peer, async (db) => {
      const row = await db.get('conversations', peer);
      return row ? [put('conversations', peer, { ...row, ...change(row) })] : [];
    });
  }

  /** Now, but later than what it is to replace, whatever the clocks say. */
  #timeAfter(before: Stamp | undefined): number {
    return Math.max(this.context.now(), (before?.at ?? 0) + 1);
  }
}

function refused(code: SeldomErrorCode, message: string): ComingError<SeldomErrorCode> {
  return new ComingError<SeldomErrorCode>(code, message);
}
