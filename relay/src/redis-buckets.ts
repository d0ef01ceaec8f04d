/**
 * Token buckets that several relays share, in Redis; while it is away or hangs, each relay counts for itself.
 *
 * @module
 */
import type { RedisClientType } from 'redis';
import { LocalBuckets, type Buckets, type Rates, type Refusal, type Want } from './rates.js';
import { Rounds } from './rounds.js';

// By the clock of Redis, which is one for all relays. A bucket that would be full again is forgotten.
const TAKE = `
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local refused, answers = {}, {}
for i, key in ipairs(KEYS) do
  local order = ARGV[4 * i - 3]
  if not refused[order] then
    local burst, rate, count = tonumber(ARGV[4 * i - 2]), tonumber(ARGV[4 * i - 1]), tonumber(ARGV[4 * i])
    local before = redis.call('HMGET', key, 'tokens', 'at')
    local at = tonumber(before[2] or now)
    local tokens = math.min(burst, tonumber(before[1] or burst) + math.max(0, now - at) * rate)
    if tokens >= count then
      tokens = tokens - count
    else
      refused[order] = true
      table.insert(answers, i)
      table.insert(answers, math.max(1, math.ceil((count - tokens) / rate)))
    end
    redis.call('HSET', key, 'tokens', tokens, 'at', now)
    redis.call('EXPIRE', key, math.ceil(math.min((burst - tokens) / rate, 86400)) + 1)
  end
end
return answers
`;

/** Orders in one script; nobody else is served while it runs. */
const ORDERS = 64;
/** ms without an answer, after which it is not asked for a while. */
const PATIENCE = 1_000;
const PAUSE = 5_000;

export class RedisBuckets implements Buckets {
  readonly #local: LocalBuckets;
  readonly #rounds: Rounds<readonly Want[], Refusal | undefined>;
  #awayUntil = 0;

  constructor(
    private readonly client: Pick<RedisClientType, 'eval'>,
    private readonly rates: Rates,
  ) {
    this.#local = new LocalBuckets(rates);
    this.#rounds = new Rounds((orders) => this.#takeAll(orders), ORDERS);
  }

  /** In their order, whoever answers: messages must not overtake each other. */
  take(...wants: readonly Want[]): Promise<Refusal | undefined> {
    return this.#rounds.ask(wants);
  }

  async #takeAll(orders: readonly (readonly Want[])[]): Promise<readonly (Refusal | undefined)[]> {
    if (performance.now() < this.#awayUntil) return this.#takeHere(orders);
    const flat = orders.flatMap((wants, order) => wants.map((want) => ({ want, order })));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('Redis hangs')), PATIENCE);
    });
    try {
      const asked = this.client.eval(TAKE, {
        keys: flat.map(({ want: [name, key] }) => `coming:bucket:${name}:${key}`),
        arguments: flat.flatMap(({ want: [name, , count = 1], order }) => {
          const { burst, perSecond } = this.rates[name];
          return [order, burst, perSecond, count].map(String);
        }),
      });
      asked.catch(() => {});
      const answers = ((await Promise.race([asked, late])) as unknown[]).map(Number);
      const refusals: (Refusal | undefined)[] = orders.map(() => undefined);
      for (let i = 0; i < answers.length; i += 2) {
        const { want, order } = flat[answers[i]! - 1]!;
        refusals[order] = { name: want[0], retryAfter: answers[i + 1]! };
      }
      return refusals;
    } catch {
      this.#awayUntil = performance.now() + PAUSE;
      return this.#takeHere(orders);
    } finally {
      clearTimeout(timer);
    }
  }

  #takeHere(orders: readonly (readonly Want[])[]): readonly (Refusal | undefined)[] {
    return orders.map((wants) => this.#local.take(...wants));
  }
}
