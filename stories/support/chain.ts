/**
 * A local chain in the page, and people who have something on it: for stories and tests.
 *
 * @module
 */
import type { Payment } from '../../core/client.js';
import type { ChainChoice } from '../../core/local/index.js';
import type { ChainSocket, ChainSocketConstructor } from '../../core/ledger/index.js';
import { openDevchain, type Devchain, type DevchainOptions } from '../../devchain/src/devchain.js';
import { until, type Person } from './people.js';

/** A chain that clients reach through sockets in the page, which can be cut. */
export interface PageChain {
  readonly devchain: Devchain;
  /** What a client is made with to pay on this chain. */
  readonly choice: ChainChoice;
  /** The same with two nodes named, so that what they agree on is proven. */
  readonly choiceOfTwo: ChainChoice;
  /** Whether the chain can be reached. */
  online: boolean;
  /** Gives somebody coins, in base units, and waits until they have them. */
  fund(comingId: string, gift: { pcx?: bigint; xbtc?: bigint }): Promise<void>;
}

/** Enough for fees, and for paying a little. */
export const PURSE = { pcx: 100_000_000n, xbtc: 5_000_000n };

/** Opens a chain that makes blocks by itself, unless told otherwise. */
export async function openPageChain(options: DevchainOptions = {}): Promise<PageChain> {
  const devchain = await openDevchain({ blockTime: 100, idleTime: 1000, ...options });
  const sockets = new Set<LineSocket>();
  let online = true;
  const make = () => {
    const socket = new LineSocket(devchain, () => online);
    sockets.add(socket);
    return socket;
  };
  const webSocket = function () {
    return make();
  } as unknown as ChainSocketConstructor;
  const choice = { endpoints: ['ws://in.page'], genesis: devchain.genesisHash, webSocket };
  return {
    devchain,
    choice,
    choiceOfTwo: { ...choice, endpoints: ['ws://one.in.page', 'ws://two.in.page'] },
    get online() {
      return online;
    },
    set online(value: boolean) {
      online = value;
      if (!value) for (const socket of sockets) socket.close();
    },
    fund: async (comingId, { pcx = 0n, xbtc = 0n }) => {
      await devchain.request('dev_fund', [comingId, { pcx: String(pcx), xbtc: String(xbtc) }]);
    },
  };
}

/** Pays in the conversation of two people, and waits until the payer's core says so. */
export async function payTo(
  payer: Person,
  receiver: Person,
  amount: bigint,
  state: Payment['state'] = 'final',
): Promise<Payment> {
  const payments = await payer.client.openPayments();
  const id = crypto.randomUUID().replaceAll('-', '');
  const asset = payments.assets[0]!.caip19;
  await payments.pay({ id, to: receiver.id, asset, amount }, { inConversation: true });
  const payment = await until(payments.watch(id), (value) => value?.state === state);
  return payment!;
}

/** A socket whose other end is the chain in the same page. */
class LineSocket implements ChainSocket {
  readyState = 0;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly #line;

  constructor(devchain: Devchain, isOnline: () => boolean) {
    this.#line = devchain.connect((text) => this.#receive(text));
    setTimeout(() => {
      if (this.readyState !== 0) return;
      if (!isOnline()) return this.close();
      this.readyState = 1;
      this.onopen?.({} as never);
    });
  }

  send(text: string): void {
    this.#line.send(text);
  }

  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#line.close();
    setTimeout(() => this.onclose?.({} as never));
  }

  // As over a network: never in the same turn as the request.
  #receive(text: string): void {
    setTimeout(() => {
      if (this.readyState === 1) this.onmessage?.({ data: text } as never);
    });
  }
}
