/**
 * A chain whose runtime Parity built, Asset Hub of the Rococo test network, run by chopsticks (smoldot's executor):
 * nothing of it is ours, neither runtime nor host. Blocks are made by the test.
 *
 * What chopsticks does not have of a node: its genesis hash is made up, its headers have no state root.
 *
 * @module
 */
import type { Blockchain } from '@acala-network/chopsticks-core';
import { encodeAddress } from '../../core/identity/index.js';
import {
  chainId,
  openChain,
  type Asset,
  type Chain,
  type ChainSocket,
  type ChainSocketConstructor,
} from '../../core/ledger/index.js';
import { MemoryDatabase } from '../../core/store/index.js';

export interface AssetHub {
  readonly genesis: string;
  /** Pays the fees. */
  readonly roc: Asset;
  /** One of pallet Assets, number 1984. */
  readonly usdt: Asset;
  readonly request: (method: string, ...params: unknown[]) => Promise<unknown>;
  client(): Promise<Chain>;
  newBlock(): Promise<void>;
  close(): Promise<void>;
}

const GENESIS = `0x${'45'.repeat(32)}`;
const USDT = 1984;

export interface Riches {
  readonly roc?: bigint;
  readonly usdt?: bigint;
  readonly isFrozen?: boolean;
}

/** @param accounts - what accounts begin with */
export async function openAssetHub(
  accounts: readonly (readonly [account: Uint8Array, riches: Riches])[],
): Promise<AssetHub> {
  process.env['LOG_LEVEL'] = 'error'; // read when the module is
  const chopsticks = await import('@acala-network/chopsticks-core');
  const { chainSpec } = await import('@substrate/connect-known-chains/rococo_v2_2_asset_hub');
  const genesis = new chopsticks.GenesisProvider(JSON.parse(chainSpec) as never);
  const chain = await chopsticks.setup({ genesis, buildBlockMode: chopsticks.BuildBlockMode.Manual });
  await chopsticks.setStorage(chain, storageOf(accounts) as never);
  const handlers = chopsticks.allHandlers as unknown as Handlers;
  const clients: Chain[] = [];
  const webSocket = function () {
    return new Line(chain, handlers);
  } as unknown as ChainSocketConstructor;
  return {
    genesis: GENESIS,
    roc: {
      caip19: `${chainId(GENESIS)}/slip44:434`,
      symbol: 'ROC',
      decimals: 12,
      ledger: { kind: 'balances' },
    },
    usdt: {
      caip19: `${chainId(GENESIS)}/assets:${USDT}`,
      symbol: 'USDT',
      decimals: 6,
      ledger: { kind: 'assets', id: USDT },
    },
    request: (method, ...params) => handlers[method]!({ chain }, params, NO_SUBSCRIPTIONS),
    client: async () => {
      const database = new MemoryDatabase();
      await database.takeOwnership();
      const client = await openChain({
        endpoints: ['ws://in.process'],
        genesis: GENESIS,
        database,
        webSocket,
      });
      clients.push(client);
      return client;
    },
    newBlock: async () => {
      await chain.newBlock();
    },
    close: async () => {
      for (const client of clients) client.close();
      await chain.close();
      await chopsticks.destroyWorker();
    },
  };
}

/** As `@polkadot/api` would write it. */
function storageOf(
  accounts: readonly (readonly [Uint8Array, Riches])[],
): Record<string, Record<string, unknown>> {
  const addresses = accounts.map(([account, riches]) => [encodeAddress(account, 42), riches] as const);
  const holders = addresses.filter(([, { usdt }]) => usdt !== undefined);
  const supply = holders.reduce((sum, [, { usdt }]) => sum + usdt!, 0n);
  const [owner] = addresses[0]!;
  const asset = {
    ...{ owner, issuer: owner, admin: owner, freezer: owner },
    ...{ supply, deposit: 0, minBalance: 1000, isSufficient: true },
    ...{ accounts: holders.length, sufficients: holders.length, approvals: 0, status: 'Live' },
  };
  return {
    System: {
      Account: addresses
        .filter(([, { roc }]) => roc !== undefined)
        .map(([address, { roc }]) => [[address], { providers: 1, data: { free: String(roc) } }]),
    },
    Assets: {
      Asset: [[[USDT], asset]],
      Account: holders.map(([address, { usdt, isFrozen = false }]) => [
        [USDT, address],
        { balance: String(usdt), isFrozen, reason: 'Sufficient', extra: null },
      ]),
    },
  };
}

interface Subscriptions {
  subscribe(method: string, id: string, onCancel?: () => void): (result: unknown) => void;
  unsubscribe(id: string): void;
}

type Handlers = Readonly<
  Record<
    string,
    (context: { chain: Blockchain }, params: unknown[], subscriptions: Subscriptions) => Promise<unknown>
  >
>;

const NO_SUBSCRIPTIONS: Subscriptions = { subscribe: () => () => undefined, unsubscribe: () => undefined };

/** JSON-RPC text, as over a WebSocket. */
class Line implements ChainSocket {
  readyState = 0;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  readonly #cancels = new Map<string, () => void>();

  constructor(
    private readonly chain: Blockchain,
    private readonly handlers: Handlers,
  ) {
    setTimeout(() => {
      this.readyState = 1;
      this.onopen?.({} as never);
    });
  }

  send(text: string): void {
    const { id, method, params } = JSON.parse(text) as { id: number; method: string; params: unknown[] };
    const handler = this.handlers[method];
    const work = handler
      ? handler({ chain: this.chain }, params, {
          subscribe: (name, subscription, onCancel = () => undefined) => {
            this.#cancels.set(subscription, onCancel);
            return (result) => this.#emit({ method: name, params: { subscription, result } });
          },
          unsubscribe: (subscription) => {
            this.#cancels.get(subscription)?.();
            this.#cancels.delete(subscription);
          },
        })
      : Promise.reject(Object.assign(new Error('Method not found'), { code: -32601 }));
    work.then(
      (result) => this.#emit({ id, result: result ?? null }),
      ({ code = -32603, message }: { code?: number; message: string }) =>
        this.#emit({ id, error: { code, message } }),
    );
  }

  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    for (const cancel of this.#cancels.values()) cancel();
    setTimeout(() => this.onclose?.({} as never));
  }

  #emit(frame: object): void {
    const data = JSON.stringify({ jsonrpc: '2.0', ...frame });
    setTimeout(() => this.readyState === 1 && this.onmessage?.({ data } as never));
  }
}
