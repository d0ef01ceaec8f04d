/**
 * The rule that keeps data safe: "a crash at any point loses nothing and reuses no key".
 *
 * Two people say something to each other; one of them crashes at commit number N and comes back
 * with what was stored. This is done for every N.
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { parsePreKeySignalMessage, parseSignalMessage } from '../../core/ratchet/wire.js';
import { MemoryDatabase } from '../../core/store/index.js';
import { FaultyDatabase, type Fault } from '../support/faulty-database.js';
import type { Sent } from '../support/tapped-relay.js';
import { until } from '../support/until.js';
import { preparePeople, type World, type WorldPerson } from '../support/world.js';

type Name = 'ada' | 'bo';

const SCRIPT: readonly (readonly [Name, string])[] = [
  ['ada', 'one'],
  ['bo', 'two'],
  ['bo', 'three'],
  ['ada', 'four'],
  ['ada', 'five'],
];

let newWorld: () => World;

beforeAll(async () => {
  newWorld = await preparePeople(2);
});

class Exchange {
  readonly world = newWorld();
  readonly faulty: FaultyDatabase;
  readonly #people: Record<Name, WorldPerson>;
  readonly #victim: WorldPerson;

  constructor(victim: Name, at: number, fault: Fault) {
    const [ada, bo] = this.world.people as [WorldPerson, WorldPerson];
    this.#people = { ada, bo };
    this.#victim = this.#people[victim];
    this.faulty = new FaultyDatabase(new MemoryDatabase(this.#victim.storage), at, fault);
    for (const person of this.world.people) person.open(person === this.#victim ? this.faulty : undefined);
  }

  async run(): Promise<void> {
    for (const [speaker, text] of SCRIPT) await this.#persist(() => this.#say(speaker, text));
    await this.#persist(() => this.#everythingDelivered());
  }

  /** What everybody has, by the order in which it is shown. */
  get histories(): Record<Name, string[]> {
    return { ada: texts(this.#people.ada), bo: texts(this.#people.bo) };
  }

  async #say(speaker: Name, text: string): Promise<void> {
    const from = this.#people[speaker];
    const to = this.#people[speaker === 'ada' ? 'bo' : 'ada'];
    const conversation = await from.to(to);
    if (!texts(from).includes(text)) await conversation.send(text);
    await until(() => texts(to).includes(text), `"${text}" arrived`);
  }

  #everythingDelivered(): Promise<void> {
    const own = () =>
      this.world.people.flatMap((person) => person.rows('messages').filter(({ mine }) => mine));
    return until(
      () =>
        this.world.people.every(({ isQuiet }) => isQuiet) &&
        own().every(({ state }) => state === 'delivered'),
      'everything was delivered',
    );
  }

  /** Does something until it is done, as a person would: again after an error, and after a crash. */
  async #persist(work: () => Promise<void>): Promise<void> {
    for (;;) {
      const outcome = await Promise.race([work().then(() => 'done', codeIfPassing), this.#death()]);
      if (outcome === 'done') return;
      if (outcome === 'dead') await this.#restart();
    }
  }

  async #death(): Promise<string> {
    if (this.#restarted) return new Promise(() => undefined);
    await until(() => this.faulty.isDead || this.#over, 'it crashed').catch(() => undefined);
    return this.faulty.isDead ? 'dead' : new Promise(() => undefined);
  }

  #restarted = false;
  #over = false;

  async #restart(): Promise<void> {
    this.#restarted = true;
    await this.#victim.close();
    this.#victim.open();
  }

  async end(): Promise<void> {
    this.#over = true;
    await this.world.end();
  }
}

function texts(person: WorldPerson): string[] {
  return person.rows('messages').map(({ text }) => text);
}

function codeIfPassing(error: unknown): string {
  if ((error as { code?: string }).code === 'storage-unavailable') return 'failed';
  throw error;
}

/** The key that encrypted an envelope, by the chain and its place in it. */
function keyOf({ type, content }: Sent): string {
  const { ratchetKey, counter } = parseSignalMessage(
    type === 3 ? parsePreKeySignalMessage(content).message : content,
  );
  return `${bytesToHex(ratchetKey)}/${counter}`;
}

/** Runs the script with one fault; how many commits the victim made. */
async function survive(victim: Name, at: number, fault: Fault): Promise<number> {
  const exchange = new Exchange(victim, at, fault);
  try {
    await exchange.run();
    const where = `${victim} ${fault} commit ${at}`;
    const all = SCRIPT.map(([, text]) => text);
    expect(exchange.histories, where).toEqual({ ada: all, bo: all });
    for (const person of exchange.world.people) expect(person.rows('undecryptable'), where).toEqual([]);

    const contents = new Map<string, string>();
    for (const sent of exchange.world.relay.sent) {
      const key = keyOf(sent);
      const content = bytesToHex(sent.content);
      expect(contents.get(key) ?? content, `${where}: a key was used twice`).toBe(content);
      contents.set(key, content);
    }
    return exchange.faulty.commits;
  } finally {
    await exchange.end();
  }
}

describe.each<Name>(['ada', 'bo'])('when %s', (victim) => {
  it.each<Fault>(['dies before', 'dies after', 'fails'])(
    '%s any one commit, every message is there once, in order, and no key is used twice',
    async (fault) => {
      const commits = await survive(victim, Infinity, fault);
      expect(commits).toBeGreaterThan(10);
      const points = Array.from({ length: commits }, (_, n) => n + 1);
      // Side by side: most of the time of a failure is spent waiting to try again.
      await Promise.all(points.map((at) => survive(victim, at, fault)));
    },
  );
});
