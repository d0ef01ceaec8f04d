/**
 * Delivery to one socket: the mailbox in order, never more in flight than the window.
 *
 * What does not fit the window stays in the store. Live envelopes take the same way as those that
 * waited, so that there is one order.
 *
 * @module
 */
import type { Limits } from './limits.js';
import type { DeviceRef, Store, StoredEnvelope } from './store/store.js';

/** Where a delivery goes. */
export interface Outlet {
  deliver(envelopes: readonly StoredEnvelope[]): void;
  queueEmpty(): void;
  /** The mailbox could not be read. */
  failed(error: unknown): void;
}

export class Delivery {
  /** Size of what was delivered and not acknowledged, by sequence number. */
  readonly #inFlight = new Map<number, number>();
  #inFlightBytes = 0;
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

  constructor(
    private readonly device: DeviceRef,
    private readonly store: Store,
    private readonly limits: Limits,
    private readonly outlet: Outlet,
  ) {}

  /** Begins with what waits. */
  async start(): Promise<void> {
    try {
      this.#waitedUntil = await this.store.newestSeq(this.device);
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

  acknowledged(seqs: readonly number[]): void {
    for (const seq of seqs) {
      this.#inFlightBytes -= this.#inFlight.get(seq) ?? 0;
      this.#inFlight.delete(seq);
    }
    // Whatever came since the store was found empty has woken this by itself.
    if (this.#drained && !this.#woken && !this.#running) this.#sayWhenEmpty();
    else this.wake();
  }

  /** The last number that was delivered; an acknowledgement up to a later one counts up to here. */
  get cursor(): number {
    return this.#cursor;
  }

  acknowledgedUpTo(last: number): void {
    this.acknowledged([...this.#inFlight.keys()].filter((seq) => seq <= last));
  }

  stop(): void {
    this.#stopped = true;
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
      if (this.#stopped || count <= 0 || bytes < this.limits.content) return;
      const size = Math.min(bytes, this.limits.deliverFrame);
      const envelopes = await this.store.page(this.device, this.#cursor, count, size);
      if (this.#stopped) return;
      this.#drained = envelopes.length === 0;
      if (this.#drained) return;
      for (const { seq, content } of envelopes) {
        this.#inFlight.set(seq, content.length);
        this.#inFlightBytes += content.length;
        this.#cursor = seq;
      }
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
