import type { SignedEntry } from '../../core/identity/index.js';
import type { IncomingEnvelope, KeyCounts, Receiver } from '../../core/transport/index.js';

/** A receiver that notes what it is told; `store` says which envelopes it can store. */
export class NotingReceiver implements Receiver {
  readonly delivered: IncomingEnvelope[][] = [];
  readonly signIns: KeyCounts[] = [];
  readonly lows: KeyCounts[] = [];
  readonly failures: unknown[] = [];
  readonly ownLogs: (readonly SignedEntry[])[] = [];
  /** Whether more of the own log is known here than the relay has. */
  isAhead = false;
  store: (envelopes: readonly IncomingEnvelope[]) => Promise<readonly bigint[]> | readonly bigint[] = (all) =>
    all.map(({ seq }) => seq);

  async deliver(envelopes: readonly IncomingEnvelope[]): Promise<readonly bigint[]> {
    this.delivered.push([...envelopes]);
    return this.store(envelopes);
  }

  signedIn(counts: KeyCounts): void {
    this.signIns.push(counts);
  }

  failed(error: unknown): void {
    this.failures.push(error);
  }

  keysLow(counts: KeyCounts): void {
    this.lows.push(counts);
  }

  async ownLog(entries: readonly SignedEntry[]): Promise<boolean> {
    this.ownLogs.push(entries);
    return this.isAhead;
  }
}
