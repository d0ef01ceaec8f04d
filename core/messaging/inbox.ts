/**
 * Takes envelopes in: each is stored before it is acknowledged, decrypted or kept as undecryptable, and never twice.
 *
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { codeOf, ComingError, type ErrorCode } from '../errors.js';
import { mayReceive, type LoggedDevice } from '../identity/index.js';
import type { SignedHandOver } from '../identity/statements.js';
import { loaded } from '../lazy.js';
import { put, remove, type AccountHex, type Change } from '../store/index.js';
import type { IncomingEnvelope } from '../transport/index.js';
import { decodeContent, type Received } from './content.js';
import { isPassing, type MessagingContext } from './context.js';
import type { Outbox } from './outbox.js';
import { changesOf } from './taking.js';

// A relay keeps envelopes for 30 days; after that none can come again.
const SEEN_FOR_MS = 31 * 24 * 60 * 60 * 1000;
// Undecryptable envelopes kept of one sender: nobody fills this device's disk with noise.
const MAX_KEPT = 100;

export class Inbox {
  constructor(
    private readonly context: MessagingContext,
    private readonly outbox: Outbox,
  ) {}

  /** Stores envelopes in order, up to the first that cannot be stored now. */
  async deliver(envelopes: readonly IncomingEnvelope[]): Promise<bigint[]> {
    const stored: bigint[] = [];
    for (const envelope of envelopes) {
      try {
        await this.#take(envelope);
      } catch (error) {
        if (!isPassing(error)) throw error;
        this.context.failed(error);
        break;
      }
      stored.push(envelope.seq);
    }
    return stored;
  }

  /** Forgets which envelopes were taken long ago. */
  async prune(): Promise<void> {
    const oldest = this.context.now() - SEEN_FOR_MS;
    const rows = await this.context.db.list('seen');
    const old = rows.filter(({ value }) => value.at < oldest);
    if (old.length > 0) await this.context.db.commit(old.map(({ key }) => remove('seen', key)));
  }

  async #take(envelope: IncomingEnvelope): Promise<void> {
    const { db, directory, lock } = this.context;
    const sender = bytesToHex(envelope.senderAccount);
    if (await db.get('seen', this.#seenKey(envelope))) return;
    let device: LoggedDevice;
    try {
      device = await directory.device(sender, envelope.senderDevice);
    } catch (error) {
      if (isPassing(error)) throw error;
      await lock.run(sender, () => this.#keep(envelope, [], codeOf(error)));
      return;
    }
    await lock.run(sender, () => this.#decrypt(envelope, sender, device));
    this.outbox.wake(sender);
  }

  async #decrypt(envelope: IncomingEnvelope, sender: AccountHex, device: LoggedDevice): Promise<void> {
    const { db, sessions } = this.context;
    let plaintext: Uint8Array;
    let ratchet: Change[];
    try {
      const step = await sessions.decrypt(sender, device, envelope.type, envelope.content);
      ({ plaintext, changes: ratchet } = step);
    } catch (error) {
      if (isPassing(error)) throw error;
      const code = codeOf(error);
      if (code === 'duplicate-message') await db.commit([this.#seen(envelope)]);
      else await this.#keep(envelope, [], code);
      return;
    }
    let content: Received;
    try {
      content = decodeContent(plaintext);
      this.#requirePart(device, content);
    } catch (error) {
      await this.#keep(envelope, ratchet, codeOf(error));
      return;
    }
    const person = await db.get('people', sender);
    // Decrypted all the same: what comes after they were let in again needs the ratchet's new state.
    if (person?.blocked || person?.continuedBy) {
      await db.commit([...ratchet, this.#seen(envelope)]);
      return;
    }
    if (content.body.kind === 'hand-over') {
      await this.#handOver(envelope, sender, ratchet, content.body.statement);
      return;
    }
    const arrivedAt = Math.min(envelope.receivedAt * 1000, this.context.now());
    const changes = await changesOf(this.context, { peer: sender, mine: false, arrivedAt }, content);
    await db.commit([...ratchet, this.#seen(envelope), ...changes]);
    if (changes.length > 0) this.context.changed(sender);
    this.context.arrived(sender, content, changes);
    if (content.body.kind === 'payment') this.context.claimed(sender, content.id);
  }

  async #handOver(
    envelope: IncomingEnvelope,
    sender: AccountHex,
    ratchet: readonly Change[],
    statement: SignedHandOver,
  ): Promise<void> {
    const { context } = this;
    const { takeHandOver } = await loaded(import('../accounts/taking-over.js'));
    try {
      await takeHandOver(context, sender, statement, [...ratchet, this.#seen(envelope)]);
    } catch (error) {
      if (isPassing(error)) throw error;
      await this.#keep(envelope, ratchet, 'malformed-content');
      return;
    }
    context.changed(sender);
  }

  /** Senders keep what is said on one origin from devices of others; a device that is sent it all the same does not show it. */
  #requirePart(sender: LoggedDevice, { origin }: Received): void {
    const { access: capability, origin: own } = this.context.device.row;
    if (!mayReceive({ capability, origin: own }, origin) || !mayReceive(sender, origin)) {
      throw new ComingError('other-origin', 'of a conversation that a device has no part in');
    }
  }

  /** Keeps an envelope that cannot be read, and says so in the conversation if there is one. */
  async #keep(envelope: IncomingEnvelope, ratchet: readonly Change[], code: ErrorCode): Promise<void> {
    const { db, changed } = this.context;
    const sender = bytesToHex(envelope.senderAccount);
    const envelopeId = bytesToHex(envelope.id);
    const { senderDevice, type, content, receivedAt } = envelope;
    const row = { sender, senderDevice, envelopeId, type, content, receivedAt, code };
    const conversation = await db.get('conversations', sender);
    const [last] = await db.list('undecryptable', { prefix: [sender], reverse: true, limit: 1 });
    const n = last ? last.value.n + 1 : 0;
    await db.commit([
      ...ratchet,
      this.#seen(envelope),
      ...(n < MAX_KEPT ? [put('undecryptable', [sender, n], { n, ...row })] : []),
      ...(conversation
        ? [
            put('conversations', sender, {
              ...conversation,
              undecryptable: conversation.undecryptable + 1,
            }),
          ]
        : []),
    ]);
    if (conversation) changed(sender);
  }

  #seen(envelope: IncomingEnvelope): Change {
    return put('seen', this.#seenKey(envelope), { at: this.context.now() });
  }

  #seenKey({ senderAccount, senderDevice, id }: IncomingEnvelope): [string, number, string] {
    return [bytesToHex(senderAccount), senderDevice, bytesToHex(id)];
  }
}
