/**
 * What the relay counts: sums over everybody, never by account, device or network address.
 *
 * @module
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Status } from './frames.js';

interface Answered {
  readonly durations: Histogram.Internal<'verb'>;
  readonly requests: Counter.Internal[];
}

export class Metrics {
  readonly registry = new Registry();
  readonly #requests: Counter<'verb' | 'status'>;
  readonly #durations: Histogram<'verb'>;
  /** What is counted of each verb, by status: finding it by its labels takes long. */
  readonly #answered = new Map<string, Answered>();
  readonly #delivered: Counter;
  readonly #closed: Counter<'code'>;

  constructor(gauges: { sockets(): number; devices(): number }) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    const gauge = (name: string, text: string, read: () => number) =>
      new Gauge({
        ...{ name, help: text, registers },
        collect() {
          this.set(read());
        },
      });
    gauge('coming_relay_sockets', 'Open sockets.', () => gauges.sockets());
    gauge('coming_relay_devices', 'Devices that are logged in.', () => gauges.devices());
    this.#requests = new Counter({
      ...{ name: 'coming_relay_requests_total', help: 'Requests of devices, answered.', registers },
      labelNames: ['verb', 'status'],
    });
    this.#durations = new Histogram({
      ...{ name: 'coming_relay_request_seconds', help: 'Time until the answer.', registers },
      labelNames: ['verb'],
      buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    });
    this.#delivered = new Counter({
      ...{ name: 'coming_relay_delivered_total', help: 'Envelopes that were handed to sockets.', registers },
    });
    this.#closed = new Counter({
      ...{ name: 'coming_relay_closed_total', help: 'Sockets that this relay closed.', registers },
      labelNames: ['code'],
    });
  }

  answered(verb: string, status: number, seconds: number): void {
    let counted = this.#answered.get(verb);
    if (!counted) {
      const durations = this.#durations.labels(verb);
      this.#answered.set(verb, (counted = { durations, requests: [] }));
    }
    counted.durations.observe(seconds);
    (counted.requests[status] ??= this.#requests.labels(verb, nameOf(status))).inc();
  }

  delivered(envelopes: number): void {
    this.#delivered.inc(envelopes);
  }

  closed(code: number): void {
    this.#closed.inc({ code });
  }
}

const STATUS_NAMES = new Map<number, string>(Object.entries(Status).map(([name, number]) => [number, name]));

function nameOf(status: number): string {
  return STATUS_NAMES.get(status) ?? 'UNKNOWN';
}
