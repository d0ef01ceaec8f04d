/**
 * Who is writing: told to those who are connected at this moment, never stored, and over when nothing more is heard.
 *
 * It goes out beside the outbox: it does not wait, is not tried again, and makes no session. Loaded when somebody writes.
 *
 * @module
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { mayReceive } from '../identity/index.js';
import type { AccountHex, Change } from '../store/index.js';
import type { OutgoingEnvelope } from '../transport/index.js';
import { encodeContent } from './content.js';
import type { MessagingContext } from './context.js';
import { isOn } from './settings.js';

/** Nobody is taken to be writing for longer after they last said so, ms. */
export const TYPING_MS = 6000;
/** While somebody goes on writing, it is said again this often, ms. */
const RENEWED_MS = 4000;

export class Typing {
  /** Peers who are writing, and what ends that. */
  readonly #theirs = new Map<AccountHex, () => void>();
  /** When each peer was last told that this person is writing, ms since 1970. */
  readonly #told = new Map<AccountHex, number>();

  constructor(private readonly context: MessagingContext) {}

  isTyping(peer: AccountHex): boolean {
    return this.#theirs.has(peer);
  }

  /** Something of a peer's arrived: that they write, or what they wrote. */
  async arrived(peer: AccountHex, active: boolean): Promise<void> {
    const isShown = active && (await this.#isMutual(peer));
    const wasShown = this.#end(peer);
    if (isShown)
      this.#theirs.set(
        peer,
        this.context.after(TYPING_MS, () => this.#over(peer)),
      );
    if (isShown !== wasShown) this.context.changed(peer);
  }

  /** Tells a peer, unless they were told a moment ago or should not learn it. */
  async tell(peer: AccountHex, active: boolean): Promise<void> {
    const { now } = this.context;
    const told = this.#told.get(peer) ?? -Infinity;
    const age = now() - told;
    if (active ? age < RENEWED_MS : age > TYPING_MS) return;
    if (active) this.#told.set(peer, now());
    else this.#told.delete(peer);
    await this.#send(peer, active);
  }

  /** A message goes out, which says that the writing is done. */
  sent(peer: AccountHex): void {
    this.#told.delete(peer);
  }

  stop(): void {
    for (const peer of [...this.#theirs.keys()]) this.#end(peer);
  }

  #over(peer: AccountHex): void {
    this.#end(peer);
    this.context.changed(peer);
  }

  #end(peer: AccountHex): boolean {
    this.#theirs.get(peer)?.();
    return this.#theirs.delete(peer);
  }

  /** Whether each of the two may know it of the other: the person answered, and did not switch it off. */
  async #isMutual(peer: AccountHex): Promise<boolean> {
    const { db } = this.context;
    const conversation = await db.get('conversations', peer);
    return Boolean(conversation && !conversation.request) && isOn(db, peer, 'typing');
  }

  async #send(peer: AccountHex, active: boolean): Promise<void> {
    const { carrier, db, device, directory, lock, newId, now, sessions } = this.context;
    const conversation = await db.get('conversations', peer);
    const origin = conversation?.origin;
    const isDue = carrier.state.value === 'online' && conversation?.accepted && origin !== undefined;
    if (!isDue || peer === device.row.account || !(await this.#isMutual(peer))) return;
    await directory.requireTrust(peer);
    const { devices, head } = await directory.find(peer);
    const live = await sessions.withoutSilent(
      peer,
      devices.filter((one) => mayReceive(one, origin)),
    );
    const content = encodeContent({ id: newId(), sentAt: now(), body: { kind: 'typing', active } }, origin);
    const envelopes = await lock.run(peer, async () => {
      const made: OutgoingEnvelope[] = [];
      const changes: Change[] = [];
      for (const { id, ...rest } of live) {
        const step = await sessions.encrypt(peer, { id, ...rest }, undefined, content);
        if (!step) continue; // nobody's pre-key is worth it
        const { type, bytes } = step.message;
        made.push({ id: hexToBytes(newId()), deviceId: id, type, content: bytes });
        changes.push(...step.changes);
      }
      await db.commit(changes);
      return made;
    });
    if (envelopes.length > 0) await carrier.send(hexToBytes(peer), head, envelopes, 'ephemeral');
  }
}
