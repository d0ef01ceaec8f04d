/**
 * Token buckets that several relays share, in Redis; while it is away each relay counts for itself.
 *
 * @module
 */
import type { RedisClientType } from 'redis';
import { LocalBuckets, type Buckets, type Rates } from './rates.js';

// By the clock of Redis, which is one for all relays. A bucket that would be full again is forgotten.
const TAKE = `
local burst, rate, count = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local before = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local at = tonumber(before[2] or now)
local tokens = math.min(burst, tonumber(before[1] or burst) + math.max(0, now - at) * rate)
local wait = 0
if tokens >= count then tokens = tokens - count else wait = math.max(1, math.ceil((count - tokens) / rate)) end
redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', now)
redis.call('EXPIRE', KEYS[1], math.ceil(math.min((burst - tokens) / rate, 86400)) + 1)
return wait
`;

export class RedisBuckets implements Buckets {
  readonly #local: LocalBuckets;

  constructor(
    private readonly client: RedisClientType,
    private readonly rates: Rates,
  ) {
    this.#local = new LocalBuckets(rates);
  }

  async take(name: keyof Rates, key: string, count = 1): Promise<number> {
    const { burst, perSecond } = this.rates[name];
    try {
      const options = {
        keys: [`coming:bucket:${name}:${key}`],
        arguments: [String(burst), String(perSecond), String(count)],
      };
      return Number(await this.client.eval(TAKE, options));
    } catch {
      return this.#local.take(name, key, count);
    }
  }
}
