/**
 * Token buckets: everybody may do a thing so many times at once, and after that so many times a second.
 *
 * A bucket that is not remembered is full, so only what is remembered takes memory, and that is bounded:
 * of too many, the one that was used longest ago is forgotten.
 *
 * @module
 */
import { BoundedCache } from './bounded-cache.js';

export interface Rate {
  /** How often at once. */
  readonly burst: number;
  readonly perSecond: number;
}

/** What is limited; the key of each says whom it counts for. */
export interface Rates {
  /** Messages from one account to another. */
  readonly messages: Rate;
  /** Messages of one account, whoever they are for. */
  readonly sends: Rate;
  /** One-time keys that one device takes of one account; beyond it, last-resort keys answer. */
  readonly claims: Rate;
  /** One-time keys that are taken of one account, whoever takes them; likewise. */
  readonly claimsOfOne: Rate;
  /** Claims of one device. */
  readonly claimRequests: Rate;
  /** Publications of one device. */
  readonly publications: Rate;
  /** Bytes of blobs that one account may put. */
  readonly blobBytes: Rate;
  /** Entries of one account's log. */
  readonly logEntries: Rate;
  /** What one device asks about logs, its own or others', and whether or not it is granted. */
  readonly logRequests: Rate;
  /** Entries of whole logs that one network address has checked. */
  readonly repairs: Rate;
  /** New accounts from one network address. */
  readonly newAccounts: Rate;
  /** Requests that one network address makes without having logged in, log-ins among them. */
  readonly strangers: Rate;
  /** Sockets that one network address opens. */
  readonly sockets: Rate;
}

const MINUTE = 1 / 60;

export const RATES: Rates = {
  messages: { burst: 60, perSecond: 1 },
  sends: { burst: 600, perSecond: 20 },
  claims: { burst: 6, perSecond: MINUTE / 10 },
  claimsOfOne: { burst: 60, perSecond: MINUTE },
  claimRequests: { burst: 120, perSecond: 2 },
  publications: { burst: 60, perSecond: MINUTE * 6 },
  blobBytes: { burst: 512 * 1024 * 1024, perSecond: 64 * 1024 },
  logEntries: { burst: 20, perSecond: MINUTE },
  logRequests: { burst: 600, perSecond: 10 },
  repairs: { burst: 1000, perSecond: 1 },
  newAccounts: { burst: 60, perSecond: MINUTE * 6 },
  strangers: { burst: 600, perSecond: 10 },
  sockets: { burst: 200, perSecond: 10 },
};

/** All rates a number of times as high. */
export function scaled(rates: Rates, factor: number): Rates {
  const entries = Object.entries(rates).map(([name, { burst, perSecond }]: [string, Rate]) => [
    name,
    { burst: burst * factor, perSecond: perSecond * factor },
  ]);
  return Object.fromEntries(entries) as Rates;
}

/** A bucket, by what is limited and whom it counts for, and how many tokens are wanted of it: one unless told otherwise. */
export type Want = readonly [name: keyof Rates, key: string, count?: number];

export interface Refusal {
  /** The bucket that has too few. */
  readonly name: keyof Rates;
  /** Whole seconds until it has as many. */
  readonly retryAfter: number;
}

export interface Buckets {
  /** Takes tokens of buckets, in their order, up to the first that has too few. */
  take(...wants: readonly Want[]): Refusal | undefined | Promise<Refusal | undefined>;
}

/** Buckets in the memory of this process. */
export class LocalBuckets implements Buckets {
  readonly #buckets: BoundedCache<{ tokens: number; at: number }>;

  constructor(
    private readonly rates: Rates,
    capacity = 100_000,
    /** ms, of a clock that never goes back. */
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#buckets = new BoundedCache(capacity);
  }

  take(...wants: readonly Want[]): Refusal | undefined {
    for (const [name, key, count] of wants) {
      const retryAfter = this.#take(name, key, count);
      if (retryAfter > 0) return { name, retryAfter };
    }
    return undefined;
  }

  #take(name: keyof Rates, key: string, count = 1): number {
    const { burst, perSecond } = this.rates[name];
    const now = this.now();
    const id = `${name} ${key}`;
    let bucket = this.#buckets.get(id);
    if (!bucket) this.#buckets.set(id, (bucket = { tokens: burst, at: now }));
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    if (bucket.tokens < count) return Math.max(1, Math.ceil((count - bucket.tokens) / perSecond));
    bucket.tokens -= count;
    return 0;
  }
}
