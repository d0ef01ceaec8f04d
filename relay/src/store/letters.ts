/**
 * Letters: numbered envelopes on their way into mailboxes of this relay alone, until their receiver has
 * acknowledged them or they are on disk.
 *
 * @module
 */
import { bytesKey } from '../bytes-key.js';
import type { DeviceRef, Mail, OutgoingMail, StoredEnvelope } from './store.js';

/** A connected device that takes letters before they are on disk. */
export interface Taker {
  /** Delivers a letter if it is the next that the device should get, and if there is room on the way. */
  offer(letter: Letter): boolean;
  /** An envelope that was delivered and not acknowledged, by its id. */
  find(id: Uint8Array): Letter | 'stored' | undefined;
  /** How many bytes these hold, which now go; undefined unless all of them were delivered, and none is going already. */
  leave(seqs: readonly number[]): number | undefined;
  /** Something is new on disk. */
  wake(): void;
}

/** A part of a mailbox. */
export interface Share {
  readonly count: number;
  readonly bytes: number;
}

/** A mailbox as it is in memory. */
export class OwnMailbox {
  taker: Taker | undefined;
  /** Letters that are being written, and those of them that the taker has not been offered. */
  queued = 0;
  unoffered = 0;
  /** The device is in no log any more. */
  isEnded = false;
  /** Numbers up to this one may be given. */
  reserved: number;
  /** What everybody holds of it on disk; known only while it is rather full. */
  shares: ReadonlyMap<string, Share> | undefined;
  /** What everybody holds of it that is not on disk. */
  #unwritten: Map<string, Share> | undefined;

  constructor(
    readonly device: DeviceRef,
    /** The last number that was given. */
    public lastSeq: number,
    /** What was not acknowledged yet, also what is not on disk. */
    public held: number,
    public heldBytes: number,
  ) {
    this.reserved = lastSeq;
  }

  /** What somebody holds of it, on disk and not, if `shares` are known. */
  shareOf(sender: string): Share {
    const [written, unwritten] = [this.shares?.get(sender), this.#unwritten?.get(sender)];
    return {
      count: (written?.count ?? 0) + (unwritten?.count ?? 0),
      bytes: (written?.bytes ?? 0) + (unwritten?.bytes ?? 0),
    };
  }

  /** Somebody put an envelope here, or one that was put has come to disk or is gone. */
  countUnwritten(sender: string, count: 1 | -1, size: number): void {
    this.#unwritten ??= new Map();
    const former = this.#unwritten.get(sender) ?? { count: 0, bytes: 0 };
    const share = { count: former.count + count, bytes: former.bytes + count * size };
    if (share.count > 0) this.#unwritten.set(sender, share);
    else if (this.#unwritten.size > 1) this.#unwritten.delete(sender);
    else this.#unwritten = undefined;
  }

  /** Nothing is lost by forgetting it. */
  get isIdle(): boolean {
    return !this.taker && this.queued === 0;
  }

  release(count: number, bytes: number): void {
    // What expired while it was on its way is counted twice.
    this.held = Math.max(0, this.held - count);
    this.heldBytes = Math.max(0, this.heldBytes - bytes);
    this.shares = undefined;
  }
}

/** Who waits for a letter. */
export interface Waiting {
  kept(): unknown;
  lost(error: unknown): void;
}

export class Letter {
  readonly envelope: StoredEnvelope;
  readonly size: number;
  /** Whoever it was delivered to. */
  takenBy: Taker | undefined;
  /** Is being written, or was. */
  isQueued = false;
  /** Acknowledged, or on disk. */
  isKept = false;
  /** It could not be written. */
  isLost = false;
  #waiting: Waiting[] = [];

  constructor(
    readonly mailbox: OwnMailbox,
    { senderAccount, senderDevice, receivedAt }: Mail,
    { id, type, content }: OutgoingMail,
  ) {
    const seq = (mailbox.lastSeq += 1);
    this.envelope = { seq, id, senderAccount, senderDevice, type, content, receivedAt };
    this.size = content.length;
    mailbox.held += 1;
    mailbox.heldBytes += this.size;
    mailbox.countUnwritten(bytesKey(senderAccount), 1, this.size);
  }

  /** Calls back once it is settled. */
  wait(waiting: Waiting): void {
    if (this.isKept) waiting.kept();
    else this.#waiting.push(waiting);
  }

  /** Delivers it, if that can be now. */
  offer(): boolean {
    const { taker } = this.mailbox;
    if (!taker?.offer(this)) return false;
    this.takenBy = taker;
    return true;
  }

  /** Its receiver has it, before it was written. */
  acknowledged(): void {
    this.#isUnwrittenNoMore();
    this.mailbox.release(1, this.size);
    this.#keep();
  }

  queue(): void {
    this.isQueued = true;
    this.mailbox.queued += 1;
    if (this.#isNewToTaker()) this.mailbox.unoffered += 1;
  }

  /** It is on disk, or its device is gone. */
  stored(): void {
    this.#isUnwrittenNoMore();
    this.mailbox.shares = undefined;
    this.#leaveQueue();
    this.#keep();
  }

  failed(error: unknown): void {
    this.#isUnwrittenNoMore();
    this.#leaveQueue();
    this.mailbox.release(1, this.size);
    this.isLost = true;
    for (const { lost } of this.#waiting) lost(error);
    this.#waiting = [];
  }

  #isUnwrittenNoMore(): void {
    this.mailbox.countUnwritten(bytesKey(this.envelope.senderAccount), -1, this.size);
  }

  #leaveQueue(): void {
    this.mailbox.queued -= 1;
    if (!this.#isNewToTaker()) return;
    this.mailbox.unoffered -= 1;
    this.mailbox.taker!.wake();
  }

  #isNewToTaker(): boolean {
    return this.mailbox.taker !== undefined && this.mailbox.taker !== this.takenBy;
  }

  #keep(): void {
    this.isKept = true;
    for (const { kept } of this.#waiting) kept();
    this.#waiting = [];
  }
}
