/**
 * The genuine local chain for ledger tests, spoken to through an in-process line that can be cut.
 *
 * @module
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { openDevchain, type Devchain, type DevchainOptions } from '../../devchain/src/devchain.js';
import {
  openChain,
  pcxOn,
  xbtcOn,
  type Asset,
  type Chain,
  type ChainSocket,
  type ChainSocketConstructor,
} from '../../core/ledger/index.js';
import { encodeAddress, type GuestAccount } from '../../core/identity/index.js';
import type { ChainChoice } from '../../core/local/index.js';
import { MemoryDatabase, MemoryStorage } from '../../core/store/index.js';

export interface LocalChain {
  readonly devchain: Devchain;
  readonly genesis: string;
  readonly xbtc: Asset;
  readonly pcx: Asset;
  readonly network: Network;
  /** What a client of the kit is given to pay on it. */
  readonly choice: ChainChoice;
  /** A client on this database, which it takes over; on these nodes, by their addresses, or on `network` alone. */
  client(storage?: MemoryStorage, networks?: Readonly<Record<string, Network>>): Promise<Chain>;
  fund(account: Uint8Array, gift: { pcx?: bigint; xbtc?: bigint }): Promise<void>;
  newBlocks(count: number): Promise<void>;
  close(): void;
}

/** What lies between client and node: can be cut, and made to lose what goes either way. */
export class Network {
  /** New connections fail. */
  isDown = false;
  /** How many were tried. */
  connections = 0;
  /** Every request that was sent, by method. */
  readonly requests: { method: string; params: unknown[] }[] = [];
  /** Decides what becomes of a request: handed on, swallowed, or answered by the function itself. */
  intercept: (request: JsonRpc, answer: (response: object) => void) => 'pass' | 'swallow' | 'cut' = () =>
    'pass';
  readonly #sockets = new Set<LineSocket>();

  constructor(private readonly devchain: Devchain) {}

  socketClass(): ChainSocketConstructor {
    const make = () => {
      const socket = new LineSocket(this.devchain, this);
      this.connections += 1;
      this.#sockets.add(socket);
      return socket;
    };
    return function () {
      return make();
    } as unknown as ChainSocketConstructor;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.fall();
    this.#sockets.clear();
  }

  countOf(method: string): number {
    return this.requests.filter((request) => request.method === method).length;
  }
}

/** Sockets to several nodes, by their addresses as `URL` writes them; there is nobody at any other. */
export function socketsTo(networks: Readonly<Record<string, Network>>): ChainSocketConstructor {
  return function (url: string) {
    const network = networks[url];
    if (!network) throw new SyntaxError('nobody is there');
    return new (network.socketClass())(url);
  } as unknown as ChainSocketConstructor;
}

interface JsonRpc {
  readonly id: number;
  readonly method: string;
  readonly params: unknown[];
}

class LineSocket implements ChainSocket {
  readyState = 0;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly #line;

  constructor(
    devchain: Devchain,
    private readonly network: Network,
  ) {
    this.#line = devchain.connect((text) => this.#emit(text));
    setTimeout(() => {
      if (this.readyState !== 0) return;
      if (network.isDown) return this.fall();
      this.readyState = 1;
      this.onopen?.({} as never);
    });
  }

  send(text: string): void {
    const request = JSON.parse(text) as JsonRpc;
    this.network.requests.push(request);
    const what = this.network.intercept(request, (response) =>
      this.#emit(JSON.stringify({ jsonrpc: '2.0', id: request.id, ...response })),
    );
    if (what === 'pass') this.#line.send(text);
    if (what === 'cut') this.fall();
  }

  close(): void {
    this.fall();
  }

  fall(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#line.close();
    setTimeout(() => this.onclose?.({} as never));
  }

  // As over a network: never in the same turn as the request.
  #emit(text: string): void {
    setTimeout(() => {
      if (this.readyState === 1) this.onmessage?.({ data: text } as never);
    });
  }
}

/** A guest whose key is made of one number. */
export function payer(number: number): GuestAccount {
  const seed = new Uint8Array(32).fill(number);
  return { seed, account: ed25519.getPublicKey(seed) };
}

let ids = 0;

/** An id that no other transfer of this test run has. */
export function newId(): string {
  ids += 1;
  return ids.toString(16).padStart(32, '0');
}

export async function openLocalChain(options: DevchainOptions = {}): Promise<LocalChain> {
  const devchain = await openDevchain({ blockTime: 'manual', ...options });
  const genesis = devchain.genesisHash;
  const network = new Network(devchain);
  const clients: Chain[] = [];
  const choice = { endpoints: ['ws://in.process'], genesis, webSocket: network.socketClass() };
  const newBlocks = async (count: number) => {
    for (let made = 0; made < count; made += 1) await devchain.request('dev_newBlock');
  };
  return {
    devchain,
    genesis,
    xbtc: xbtcOn(genesis),
    pcx: pcxOn(genesis),
    network,
    choice,
    newBlocks,
    client: async (storage = new MemoryStorage(), networks) => {
      const database = new MemoryDatabase(storage);
      await database.takeOwnership();
      const several = networks && { endpoints: Object.keys(networks), webSocket: socketsTo(networks) };
      const chain = await openChain({ ...choice, ...several, database });
      clients.push(chain);
      return chain;
    },
    fund: async (account, { pcx = 0n, xbtc = 0n }) => {
      const gift = { pcx: String(pcx), xbtc: String(xbtc) };
      await devchain.request('dev_fund', [encodeAddress(account, 42), gift]);
      await newBlocks(2);
    },
    close: () => {
      for (const client of clients) client.close();
      devchain.close();
    },
  };
}
