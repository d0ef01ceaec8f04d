/**
 * Token buckets that several relays share, in Redis; while it is away each relay counts for itself.
 *
 * @module
 */
import type { RedisClientType } from 'redis';
import { LocalBuckets, type Buckets, type Rates, type Refusal, type Want } from './rates.js';

// By the clock of Redis, which is one for all relays. A bucket that would be full again is forgotten.
const TAKE = `
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
for i, key in ipairs(KEYS) do
  local burst, rate, count = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  local before = redis.call('HMGET', key, 'tokens', 'at')
  local at = tonumber(before[2] or now)
  local tokens = math.min(burst, tonumber(before[1] or burst) + math.max(0, now - at) * rate)
  local wait = 0
  if tokens >= count then tokens = tokens - count else wait = math.max(1, math.ceil((count - tokens) / rate)) end
  redis.call('HSET', key, 'tokens', tokens, 'at', now)
  redis.call('EXPIRE', key, math.ceil(math.min((burst - tokens) / rate, 86400)) + 1)
  if wait > 0 then return {i, wait} end
end
return {0, 0}
`;

export class RedisBuckets implements Buckets {
  readonly #local: LocalBuckets;

  constructor(
    private readonly client: RedisClientType,
    private readonly rates: Rates,
  ) {
    this.#local = new LocalBuckets(rates);
  }

  async take(...wants: readonly Want[]): Promise<Refusal | undefined> {
    try {
      const answer = await this.client.eval(TAKE, {
        keys: wants.map(([name, key]) => `coming:bucket:${name}:${key}`),
        arguments: wants.flatMap(([name, , count = 1]) => {
          const { burst, perSecond } = this.rates[name];
          return [burst, perSecond, count].map(String);
        }),
      });
      const [number, retryAfter] = (answer as unknown[]).map(Number) as [number, number];
      const want = wants[number - 1];
      return want && { name: want[0], retryAfter };
    } catch {
      return this.#local.take(...wants);
    }
  }
}
