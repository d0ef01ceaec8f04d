/**
 * Takes envelopes in: each is stored before it is acknowledged, decrypted or kept as undecryptable, and never twice. What
 * cannot be decrypted has a place in the conversation, and its sender is asked for it again.
 *
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { codeOf, ComingError, type ErrorCode } from '../errors.js';
import { mayReceive, type LoggedDevice } from '../identity/index.js';
import type { SignedHandOver } from '../identity/statements.js';
import { loaded } from '../lazy.js';
import { SIGNAL_MESSAGE } from '../ratchet/index.js';
import { put, remove, type AccountHex, type Change } from '../store/index.js';
import type { IncomingEnvelope } from '../transport/index.js';
import { decodeContent, type Body, type Received } from './content.js';
import { isPassing, type MessagingContext } from './context.js';
import { Gathering } from './gathering.js';
import { keep } from './keeping.js';
import { malformed } from './malformed.js';
import type { Outbox } from './outbox.js';
import { changesOf } from './taking.js';

/** Envelopes stored at once: more make it hardly faster, and who sends meanwhile would wait for them. */
const MOST_AT_ONCE = 64;

/** The number of an envelope that was not kept for this device. */
const EPHEMERAL = 0n;

/** The type of an envelope that asks for messages again. */
const PLAINTEXT_CONTENT = 8;

/** Said by a device of the same account only. */
const OWN: ReadonlySet<Body['kind']> = new Set<Body['kind']>(['sent-copy', 'read-on-other', 'contact-state']);

/** What goes along with a content: committed in the same step. */
interface Beside {
  readonly changes: readonly Change[];
  /** When the carrier had it, ms since 1970. */
  readonly arrivedAt: number;
  /** The order of the placeholder that it takes the place of. */
  readonly place?: number | undefined;
  /** Adds what becomes of the placeholders. */
  settle?(changes: readonly Change[]): Promise<Change[]>;
}

export class Inbox {
  /** @param unread - Whose envelopes could not be decrypted, and are to be asked for. */
  constructor(
    private readonly context: MessagingContext,
    private readonly outbox: Outbox,
    private readonly unread = new Set<AccountHex>(),
  ) {}

  /** Stores envelopes in order, up to the first that cannot be stored now. */
  async deliver(envelopes: readonly IncomingEnvelope[]): Promise<bigint[]> {
    const stored: bigint[] = [];
    for (const run of this.#runsOf(envelopes)) {
      try {
        await this.#takeRun(run, stored);
      } catch (error) {
        if (!isPassing(error)) throw error;
        this.context.failed(error);
        break;
      }
    }
    this.#ask().catch(this.context.failed);
    return stored;
  }

  /** Asks for everything again that could not be decrypted and was not asked for yet. */
  async askAll(): Promise<void> {
    const open = (await this.context.db.list('undecryptable')).filter(({ value }) => value.request);
    if (open.length === 0) return;
    const { giveUp } = await loaded(import('./resending.js'));
    for (const sender of await giveUp(this.context, open)) this.unread.add(sender);
    await this.#ask();
  }

  async #ask(): Promise<void> {
    if (this.unread.size === 0) return;
    const senders = [...this.unread];
    this.unread.clear();
    const { askAgain } = await loaded(import('./resending.js'));
    for (const sender of senders) {
      try {
        // A stranger learns nothing before they are accepted.
        if ((await this.context.db.get('conversations', sender))?.request) continue;
        await askAgain(this.context, sender);
      } catch (error) {
        this.context.failed(error); // it is asked again after the next signing in
      }
    }
  }

  /** Parts envelopes into those that are stored at once: of one device, on a session that is there. */
  #runsOf(envelopes: readonly IncomingEnvelope[]): IncomingEnvelope[][] {
    const { account } = this.context.device.row;
    const runs: IncomingEnvelope[][] = [];
    let last: string | undefined;
    for (const envelope of envelopes) {
      const sender = bytesToHex(envelope.senderAccount);
      // What starts a session uses up keys; what one's own devices say stands in the conversations of others.
      const isAlone = envelope.type !== SIGNAL_MESSAGE || sender === account;
      const from = isAlone ? undefined : `${sender} ${envelope.senderDevice}`;
      const run = runs.at(-1);
      if (run && from !== undefined && from === last && run.length < MOST_AT_ONCE) run.push(envelope);
      else runs.push([envelope]);
      last = from;
    }
    return runs;
  }

  /** Takes what came from one device up to the first that cannot be taken now, and adds to `stored` what then is. */
  async #takeRun(run: readonly IncomingEnvelope[], stored: bigint[]): Promise<void> {
    const { directory, lock } = this.context;
    const { senderAccount, senderDevice } = run[0]!;
    const sender = bytesToHex(senderAccount);
    const device =
      run.length > 1 ? await directory.device(sender, senderDevice).catch(unlessPassing) : undefined;
    if (!device) {
      for (const envelope of run) {
        await this.#take(envelope);
        stored.push(envelope.seq);
      }
      return;
    }
    await lock.run(sender, async () => {
      const gathering = new Gathering(this.context, sender);
      const inbox = new Inbox(gathering.context, this.outbox, this.unread);
      const taken: bigint[] = [];
      try {
        for (const envelope of run) {
          const isNew = !(await gathering.context.db.get('seen', this.#seenKey(envelope)));
          if (isNew) await inbox.#decrypt(envelope, sender, device);
          taken.push(envelope.seq);
        }
      } finally {
        await gathering.store();
        stored.push(...taken);
      }
    });
    this.outbox.wake(sender);
    this.outbox.wakeOwn();
  }

  async #take(envelope: IncomingEnvelope): Promise<void> {
    const { db, directory, lock } = this.context;
    const sender = bytesToHex(envelope.senderAccount);
    if (await db.get('seen', this.#seenKey(envelope))) return;
    const { account, deviceId } = this.context.device.row;
    if (sender === account && envelope.senderDevice === deviceId) {
      // Nobody writes to themselves.
      await lock.run(sender, () => this.#keep(envelope, [], 'identity-mismatch'));
      return;
    }
    let device: LoggedDevice;
    try {
      device = await directory.device(sender, envelope.senderDevice);
    } catch (error) {
      if (isPassing(error)) throw error;
      await lock.run(sender, () => this.#keep(envelope, [], codeOf(error)));
      return;
    }
    await lock.run(sender, () =>
      envelope.type === PLAINTEXT_CONTENT
        ? this.#answer(envelope, sender, device)
        : this.#decrypt(envelope, sender, device),
    );
    this.outbox.wake(sender);
    this.outbox.wakeOwn();
  }

  /** Sends again what a device asks for. */
  async #answer(envelope: IncomingEnvelope, sender: AccountHex, device: LoggedDevice): Promise<void> {
    const { answer } = await loaded(import('./resending.js'));
    const answers = await answer(this.context, this.outbox, sender, device, envelope.content);
    await this.context.db.commit([this.#seen(envelope), ...answers]);
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
      // What is never kept is never sent again either.
      if (code === 'duplicate-message' || envelope.seq === EPHEMERAL) await db.commit([this.#seen(envelope)]);
      // Whoever has another identity key is somebody else, and has nothing to send again.
      else await this.#keep(envelope, [], code, code !== 'identity-mismatch');
      return;
    }
    try {
      const content = decodeContent(plaintext);
      this.#requirePart(device, content);
      const arrivedAt = Math.min(envelope.receivedAt * 1000, this.context.now());
      await this.#takeContent(sender, device, content, {
        changes: [...ratchet, this.#seen(envelope)],
        arrivedAt,
      });
    } catch (error) {
      if (isPassing(error)) throw error;
      await this.#keep(envelope, ratchet, codeOf(error));
    }
  }

  /** Commits what a content means. */
  async #takeContent(
    sender: AccountHex,
    device: LoggedDevice,
    content: Received,
    beside: Beside,
  ): Promise<void> {
    const { context } = this;
    const { db } = context;
    const { body } = content;
    const { changes, place, arrivedAt, settle = (made) => Promise.resolve([...made]) } = beside;
    if (body.kind === 'resent') return this.#takeResent(sender, device, body, beside);
    if (sender === context.device.row.account) {
      const { takeOwn } = await loaded(import('./own-devices.js'));
      return takeOwn(context, this.outbox, device, content, await settle(changes));
    }
    if (OWN.has(body.kind)) throw malformed('body');
    const person = await db.get('people', sender);
    // Decrypted all the same: what comes after they were let in again needs the ratchet's new state.
    if (person?.blocked || person?.continuedBy) return db.commit(await settle(changes));
    if (body.kind === 'hand-over') {
      await this.#handOver(sender, await settle(changes), body.statement);
      context.changed(sender);
      return;
    }
    const meant = await changesOf(context, { peer: sender, mine: false, place, arrivedAt }, content);
    await db.commit(
      await settle([...changes, ...meant, ...(await this.#acknowledged(sender, device, body))]),
    );
    if (meant.length > 0 || beside.settle) context.changed(sender);
    context.arrived(sender, content, meant);
    if (body.kind === 'payment') context.claimed(sender, content.id);
  }

  /** Takes what was asked for again, in its place. */
  async #takeResent(
    sender: AccountHex,
    device: LoggedDevice,
    { envelopeIds, content }: Extract<Body, { kind: 'resent' }>,
    { changes, place, arrivedAt }: Beside,
  ): Promise<void> {
    const { context } = this;
    const { lost, standIns } = await loaded(import('./resending.js'));
    if (!content) {
      await context.db.commit([...changes, ...(await lost(context.db, sender, envelopeIds))]);
      context.changed(sender);
      return;
    }
    const inner = decodeContent(content);
    this.#requirePart(device, inner);
    if (inner.body.kind === 'resent' || place !== undefined) throw malformed('body');
    const { place: first, settle } = await standIns(context.db, sender, envelopeIds);
    await this.#takeContent(sender, device, inner, { changes, place: first, arrivedAt, settle });
  }

  /** What was sent need not be kept for a device that says that it has it. */
  async #acknowledged(sender: AccountHex, { id: deviceId }: LoggedDevice, body: Body): Promise<Change[]> {
    if (body.kind !== 'receipt' || body.receipt === 'paid') return [];
    const changes: Change[] = [];
    for (const id of body.contentIds) {
      const row = await this.context.db.get('sentContents', [sender, id]);
      if (!row || row.acknowledged.includes(deviceId)) continue;
      const acknowledged = [...row.acknowledged, deviceId];
      const isDone = row.envelopes.every((envelope) => acknowledged.includes(envelope.deviceId));
      const key = [sender, id];
      changes.push(isDone ? remove('sentContents', key) : put('sentContents', key, { ...row, acknowledged }));
    }
    return changes;
  }

  async #handOver(sender: AccountHex, changes: readonly Change[], statement: SignedHandOver): Promise<void> {
    const { takeHandOver } = await loaded(import('../accounts/taking-over.js'));
    try {
      await takeHandOver(this.context, sender, statement, changes);
    } catch (error) {
      throw isPassing(error) ? error : malformed('hand-over');
    }
  }

  /** Senders keep what is said on one origin from devices of others; a device that is sent it all the same does not show it. */
  #requirePart(sender: LoggedDevice, { origin }: Received): void {
    const { access: capability, origin: own } = this.context.device.row;
    if (!mayReceive({ capability, origin: own }, origin) || !mayReceive(sender, origin)) {
      throw new ComingError('other-origin', 'of a conversation that a device has no part in');
    }
  }

  /** Keeps an envelope that cannot be read. */
  async #keep(
    envelope: IncomingEnvelope,
    ratchet: readonly Change[],
    code: ErrorCode,
    isAsked = false,
  ): Promise<void> {
    const isWanted = await keep(this.context, envelope, [...ratchet, this.#seen(envelope)], code, isAsked);
    if (isWanted) this.unread.add(bytesToHex(envelope.senderAccount));
  }

  #seen(envelope: IncomingEnvelope): Change {
    return put('seen', this.#seenKey(envelope), { at: this.context.now() });
  }

  #seenKey({ senderAccount, senderDevice, id }: IncomingEnvelope): [string, number, string] {
    return [bytesToHex(senderAccount), senderDevice, bytesToHex(id)];
  }
}

/** Whose device cannot be known is found out for each of their envelopes, which are kept then. */
function unlessPassing(error: unknown): undefined {
  if (isPassing(error)) throw error;
}
