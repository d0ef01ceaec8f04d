/**
 * A page is killed at random points of two-way traffic and payments: afterwards both sides agree on every message, none
 * lost, none twice, no key used twice, and each payment was made once.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Page } from 'playwright';
import sirv from 'sirv';
import { expect, it, onTestFinished } from 'vitest';
import type { Conversation, ConversationSnapshot } from '../../core/client.js';
import { parsePreKeySignalMessage, parseSignalMessage } from '../../core/ratchet/wire.js';
import { startDevchain } from '../../devchain/src/node/server.js';
import { readChain } from '../support/chain-reader.js';
import { KillableBrowser } from '../support/killable-browser.js';
import { LyingRelay } from '../support/lying-relay.js';
import { online, SHOP, visitor, webSocket } from '../support/on-origin.js';
import { waitFor } from '../support/wait.js';

// Hundreds in a long run.
const ROUNDS = process.env['COMING_SEEDS'] ? 3 * Number(process.env['COMING_SEEDS']) : 12;
const SEED = Number(process.env['COMING_SEED'] ?? 1);
const PRICE = 1000;
/** ms; what takes longer is lost. */
const PATIENCE = 30_000;

/** What a message says, and whether it is the payment of something. */
interface Line {
  readonly mine: boolean;
  readonly text: string;
  /** The id of what was paid, once the receiver found it in the chain. */
  readonly received: string | undefined;
}

it(
  'a page killed at any point loses nothing, repeats nothing, and uses no key twice',
  async () => {
    const random = numbers(SEED);
    const relay = await LyingRelay.start();
    const chain = await startDevchain({ port: 0, blockTime: 200 });
    onTestFinished(() => chain.close());
    const payOn = { endpoints: [chain.url], genesis: chain.chain.genesisHash };

    const bo = visitor(relay.url, SHOP, { chain: { ...payOn, webSocket } as never });
    const { comingId: boId } = await bo.becomeGuest();
    await online(bo);
    const ada = await Ada.in(relay.url, payOn, boId);
    await chain.chain.request('dev_fund', [ada.comingId, { pcx: 1_000_000_000, xbtc: 1_000_000 }]);
    const conversation = await bo.openConversation(ada.comingId);
    const talk = talking(conversation);

    const payments: string[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const id = round.toString(16).padStart(32, '0');
      payments.push(id);
      const paying = ada.pay(id).catch(() => undefined);
      await ada.reach(relay, Math.floor(random() * 60));
      await (random() < 0.25 ? ada.killBrowser() : ada.crash());
      await paying;
      await ada.open();
    }
    // What was not yet signed is asked for again, as a person would.
    for (const id of payments) await ada.pay(id);
    await ada.hush();
    const said = await talk.end();

    const atAda = await ada.settled(said.length, payments.length);
    const atBo = await settled(conversation, ada.said, payments.length);
    expect(textsOf(atBo, true), 'what Bo said, at Bo').toEqual(said);
    expect(textsOf(atAda, false), 'what Bo said, at Ada').toEqual(said);
    expect(textsOf(atBo, false), 'what Ada said').toEqual(textsOf(atAda, true));
    expect(textsOf(atAda, true)).toEqual(expect.arrayContaining(ada.said));
    expect(new Set(textsOf(atAda, true)).size).toBe(textsOf(atAda, true).length);
    for (const lines of [atAda, atBo]) {
      expect(lines.flatMap(({ received }) => received ?? []).sort()).toEqual(payments);
    }
    const reader = await readChain(chain.url);
    onTestFinished(() => reader.close());
    expect((await reader.holdings(boId)).xbtc).toBe(BigInt(PRICE * ROUNDS));
    expect(conversation.snapshot.value.undecryptable).toBe(0);
    expectFreshKeys(relay);
  },
  PATIENCE * (ROUNDS + 4),
);

/** Somebody in a browser, who talks all the time. */
class Ada {
  comingId = '';
  /** What was stored for sending, as far as the page could still say so. */
  readonly said: string[] = [];
  readonly #browser = new KillableBrowser();
  #page: Page | undefined;

  private constructor(
    private readonly url: string,
    private readonly config: object,
  ) {}

  static async in(relay: string, chain: object, peer: string): Promise<Ada> {
    const ada = new Ada(await serve(), { options: { relay, chain }, peer });
    await ada.open();
    return ada;
  }

  async open(): Promise<void> {
    let ready: (comingId: string) => void;
    const opened = new Promise<string>((resolve) => (ready = resolve));
    this.#page = await this.#browser.open(this.url, async (page) => {
      page.setDefaultTimeout(PATIENCE);
      await page.exposeFunction('testConfig', () => this.config);
      await page.exposeFunction('testReady', (id: string) => ready(id));
      await page.exposeFunction('testSaid', (text: string) => void this.said.push(text));
    });
    this.comingId = await opened;
  }

  pay(id: string): Promise<void> {
    return this.#page!.evaluate(
      ([wanted, price]) =>
        (window as unknown as { pay(id: string, price: number): Promise<void> }).pay(wanted, price),
      [id, PRICE] as const,
    );
  }

  /** Waits until so many more requests reached the relay. */
  async reach(relay: LyingRelay, more: number): Promise<void> {
    const point = relay.seen.length + more;
    await new Promise<void>((resolve) => {
      relay.heard = () => {
        if (relay.seen.length >= point) resolve();
      };
      relay.heard();
    });
  }

  crash(): Promise<void> {
    return this.#browser.crash(this.#page!);
  }

  killBrowser(): Promise<void> {
    return this.#browser.kill();
  }

  hush(): Promise<void> {
    return this.#page!.evaluate(() => (window as unknown as { hush(): Promise<void> }).hush());
  }

  /** What she has when everything has arrived. */
  settled(heard: number, paid: number): Promise<Line[]> {
    return this.#page!.evaluate(
      (counts) =>
        (window as unknown as { settled(heard: number, paid: number): Promise<Line[]> }).settled(...counts),
      [heard, paid] as [number, number],
    );
  }
}

/** Says something whenever the last of it was heard of, until told to end. */
function talking(conversation: Conversation): { end(): Promise<string[]> } {
  const said: string[] = [];
  let isOver = false;
  const talk = async () => {
    while (!isOver) {
      const text = `bo ${said.length}`;
      const id = await conversation.send(text);
      said.push(text);
      await waitFor(
        conversation.snapshot,
        ({ messages }) => messages.find((message) => message.id === id)?.state === 'delivered',
        PATIENCE,
      );
    }
    return said;
  };
  const talked = talk();
  return {
    end() {
      isOver = true;
      return talked;
    },
  };
}

async function settled(conversation: Conversation, said: readonly string[], paid: number): Promise<Line[]> {
  const isThere = ({ messages }: ConversationSnapshot) =>
    messages.every(({ mine, state }) => !mine || state === 'delivered') &&
    messages.filter(({ payment }) => payment?.state === 'received').length >= paid &&
    said.every((text) => messages.some((message) => message.text === text));
  const { messages } = await waitFor(conversation.snapshot, isThere, PATIENCE);
  return messages.map(({ mine, text, payment }) => ({
    mine,
    text: payment ? '' : text,
    received: payment?.state === 'received' ? payment.id : undefined,
  }));
}

function textsOf(lines: readonly Line[], mine: boolean): string[] {
  return lines.filter((line) => line.mine === mine && line.text !== '').map(({ text }) => text);
}

/** A key is a chain and a place in it; the same one encrypts the same bytes. */
function expectFreshKeys(relay: LyingRelay): void {
  const contents = new Map<string, string>();
  for (const { request } of relay.seen) {
    for (const { type, content } of request.send?.envelopes ?? []) {
      const message = type === 3 ? parsePreKeySignalMessage(content!).message : content!;
      const { ratchetKey, counter } = parseSignalMessage(message);
      const key = `${bytesToHex(ratchetKey)}/${counter}`;
      const bytes = bytesToHex(content!);
      expect(contents.get(key) ?? bytes, 'a key was used twice').toBe(bytes);
      contents.set(key, bytes);
    }
  }
  expect(contents.size).toBeGreaterThan(ROUNDS);
}

/** The page of Ada and the kit as it is shipped; the address of the page. */
async function serve(): Promise<string> {
  const files = sirv(join(import.meta.dirname, '../../dist/cdn'));
  const server = createServer((request, response) => {
    if (request.url === '/') response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
    else files(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Numbers from 0 to 1 that are the same for the same seed (Mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PAGE = `<!doctype html><title>Ada</title><script type="module">
import { createClient } from './coming-kit.js';

const { options, peer } = await window.testConfig();
const client = await createClient(options);
const when = (watchable, holds) => new Promise((resolve) => {
  const stop = watchable.subscribe((value) => {
    if (!holds(value)) return;
    resolve(value);
    queueMicrotask(() => stop());
  });
});
await when(client.status, ({ phase }) => phase === 'signed-out' || phase === 'ready');
if (!client.status.value.me) await client.becomeGuest();
const conversation = await client.openConversation(peer);

let isTalking = true;
const talked = (async () => {
  for (let n = 0; isTalking; n += 1) {
    const text = 'ada ' + performance.timeOrigin + ' ' + n;
    const id = await conversation.send(text);
    await window.testSaid(text);
    const isOut = ({ messages }) => messages.find((message) => message.id === id)?.state !== 'queued';
    await when(conversation.snapshot, isOut);
  }
})();
window.hush = () => {
  isTalking = false;
  return talked;
};
window.pay = async (id, price) => {
  const payments = await client.openPayments();
  const order = { id, to: peer, asset: payments.assets[0].caip19, amount: BigInt(price) };
  await payments.pay(order, { inConversation: true });
};
window.settled = async (heard, paid) => {
  while (conversation.snapshot.value.hasEarlier) await conversation.loadEarlier();
  const isReceived = ({ payment }) => payment?.state === 'received';
  const { messages } = await when(conversation.snapshot, ({ messages }) =>
    messages.every(({ mine, state }) => !mine || state === 'delivered') &&
    messages.filter(({ mine }) => !mine).length >= heard &&
    messages.filter(isReceived).length >= paid);
  return messages.map((message) => ({
    mine: message.mine,
    text: message.payment ? '' : message.text,
    received: isReceived(message) ? message.id : undefined,
  }));
};
await window.testReady(client.status.value.me.comingId);
</script>`;
