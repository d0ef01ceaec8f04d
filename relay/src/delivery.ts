/**
 * Delivery to one socket: the mailbox in order, never more in flight than the window.
 *
 * What does not fit the window stays in the store. A relay that is alone hands over live envelopes from memory, as long
 * as all that came before is in flight; else, and on several relays, they take the same way as those that waited. So
 * there is one order.
 *
 * @module
 */
import { bytesKey } from './bytes-key.js';
import type { Limits } from './limits.js';
import type { LoggedIn } from './authentication.js';
import type { Letter, OwnMailbox, Taker } from './store/letters.js';
import type { Store, StoredEnvelope } from './store/store.js';

/** Where a delivery goes. */
export interface Outlet {
  deliver(envelopes: readonly StoredEnvelope[]): void;
  queueEmpty(): void;
  /** The mailbox could not be read. */
  failed(error: unknown): void;
}

/** An envelope that was delivered and not acknowledged. */
interface InFlight {
  readonly size: number;
  readonly id: string;
  /** It was handed over from memory. */
  readonly letter: Letter | undefined;
  /** It is being deleted. */
  isLeaving: boolean;
}

export class Delivery implements Taker {
  /** By sequence number, and the numbers by id. */
  readonly #inFlight = new Map<number, InFlight>();
  readonly #seqs = new Map<string, number>();
  #inFlightBytes = 0;
  /** Handed over in this turn of the event loop. */
  #fresh: StoredEnvelope[] = [];
  /** The last sequence number that was delivered. */
  #cursor = 0;
  /** The newest envelope that waited when the device came. */
  #waitedUntil = 0;
  #saidEmpty = false;
  /** Nothing was left in the store when it was read last. */
  #drained = false;
  #started = false;
  #running = false;
  #woken = false;
  #stopped = false;
  #mailbox: OwnMailbox | undefined;

  constructor(
    private readonly device: LoggedIn,
    private readonly store: Store,
    private readonly limits: Limits,
    private readonly outlet: Outlet,
  ) {}

  /** Begins with what waits. */
  async start(): Promise<void> {
    try {
      const { account, deviceId, ref } = this.device;
      this.#mailbox = this.store.own?.attach(account, deviceId, this);
      this.#waitedUntil = await this.store.newestSeq(ref);
      this.#started = true;
      this.wake();
    } catch (error) {
      this.outlet.failed(error);
    }
  }

  /** Something may be new in the mailbox. */
  wake(): void {
    if (!this.#started) return;
    this.#woken = true;
    if (!this.#running) void this.#run();
  }

  offer(letter: Letter): boolean {
    const { envelope, size } = letter;
    if (!this.#isNext(envelope.seq) || this.#inFlight.size >= this.limits.windowEnvelopes) return false;
    if (this.#inFlightBytes + size > this.limits.windowBytes) return false;
    this.#track(envelope, letter);
    if (this.#fresh.length === 0) setImmediate(() => this.#flush());
    this.#fresh.push(envelope);
    return true;
  }

  find(id: Uint8Array): Letter | 'stored' | undefined {
    const seq = this.#seqs.get(bytesKey(id));
    if (seq === undefined) return undefined;
    const { letter } = this.#inFlight.get(seq)!;
    return letter?.isLost ? undefined : (letter ?? 'stored');
  }

  leave(seqs: readonly number[]): number | undefined {
    let bytes = 0;
    for (const seq of seqs) {
      const known = this.#inFlight.get(seq);
      if (!known || known.isLeaving) return undefined;
      known.isLeaving = true;
      bytes += known.size;
    }
    return bytes;
  }

  /** Settles what was only in memory; returns, of what the device has taken, what has to be deleted. */
  taken(seqs: readonly number[], upTo: number): readonly number[] {
    // Nobody has taken what was not delivered.
    const all = upTo > 0 ? [...seqs, ...[...this.#inFlight.keys()].filter((seq) => seq <= upTo)] : seqs;
    const left: number[] = [];
    for (const seq of all) {
      const letter = this.#inFlight.get(seq)?.letter;
      if (!letter || letter.isQueued) left.push(seq);
      else {
        this.#forget(seq);
        letter.acknowledged();
      }
    }
    if (left.length === 0) this.#goOn();
    return left;
  }

  /** They are deleted. */
  acknowledged(seqs: readonly number[]): void {
    for (const seq of seqs) this.#forget(seq);
    this.#goOn();
  }

  /** What was only in memory is written now. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    if (this.#mailbox?.taker === this) this.#mailbox.taker = undefined;
    const left: Letter[] = [];
    for (const { letter } of this.#inFlight.values()) if (letter && !letter.isQueued) left.push(letter);
    this.store.own?.write(left);
  }

  /** Whether there is nothing in the store, or on its way there, that has to be delivered before this number. */
  #isNext(seq: number): boolean {
    if (!this.#mailbox || this.#mailbox.unoffered > 0 || seq > this.#mailbox.reserved) return false;
    return this.#drained && !this.#woken && !this.#running && !this.#stopped;
  }

  #track({ seq, id, content }: StoredEnvelope, letter?: Letter): void {
    const key = bytesKey(id);
    this.#inFlight.set(seq, { size: content.length, id: key, letter, isLeaving: false });
    this.#seqs.set(key, seq);
    this.#inFlightBytes += content.length;
    this.#cursor = seq;
  }

  #forget(seq: number): void {
    const known = this.#inFlight.get(seq);
    if (!known) return;
    this.#inFlight.delete(seq);
    if (this.#seqs.get(known.id) === seq) this.#seqs.delete(known.id);
    this.#inFlightBytes -= known.size;
  }

  #flush(): void {
    if (this.#fresh.length === 0) return;
    const envelopes = this.#fresh;
    this.#fresh = [];
    for (const frame of this.#inFrames(envelopes)) this.outlet.deliver(frame);
  }

  *#inFrames(envelopes: readonly StoredEnvelope[]): Generator<readonly StoredEnvelope[]> {
    let [from, bytes] = [0, 0];
    for (const [at, { content }] of envelopes.entries()) {
      if (at > from && bytes + content.length > this.limits.deliverFrame) {
        yield envelopes.slice(from, at);
        [from, bytes] = [at, 0];
      }
      bytes += content.length;
    }
    yield from === 0 ? envelopes : envelopes.slice(from);
  }

  /** There may be room in the window. */
  #goOn(): void {
    // Whatever came since the store was found empty has woken this by itself.
    if (this.#drained && !this.#woken && !this.#running) this.#sayWhenEmpty();
    else this.wake();
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#woken && !this.#stopped) {
        this.#woken = false;
        await this.#fillWindow();
        this.#sayWhenEmpty();
      }
    } catch (error) {
      this.outlet.failed(error);
    } finally {
      this.#running = false;
    }
  }

  async #fillWindow(): Promise<void> {
    for (;;) {
      const count = this.limits.windowEnvelopes - this.#inFlight.size;
      const bytes = this.limits.windowBytes - this.#inFlightBytes;
      // Room for the largest envelope, so that an empty page means an empty mailbox.
      if (this.#stopped || count <= 0 || bytes < this.limits.content) {
        this.#drained = false;
        return;
      }
      const size = Math.min(bytes, this.limits.deliverFrame);
      const envelopes = await this.store.page(this.device.ref, this.#cursor, count, size);
      if (this.#stopped) return;
      this.#drained = envelopes.length === 0;
      if (this.#drained) return;
      for (const envelope of envelopes) this.#track(envelope);
      this.#flush();
      this.outlet.deliver(envelopes);
      // Another one would have fitted: there is none.
      const taken = envelopes.reduce((sum, { content }) => sum + content.length, 0);
      this.#drained = envelopes.length < count && taken + this.limits.content <= size;
      if (this.#drained) return;
    }
  }

  #sayWhenEmpty(): void {
    if (this.#saidEmpty || this.#stopped) return;
    if (!this.#drained && this.#cursor < this.#waitedUntil) return;
    for (const seq of this.#inFlight.keys()) if (seq <= this.#waitedUntil) return;
    this.#saidEmpty = true;
    this.outlet.queueEmpty();
  }
}
