/**
 * The local chain as an object, in a page or in Node: nothing here needs either.
 *
 * @module
 */
import { Author } from './author.js';
import type { Gateway } from './bitcoin/gateway.js';
import { Chain } from './chain.js';
import { Connection } from './connection.js';
import { loadSchemes } from './crypto.js';
import { type GenesisOptions, genesisState } from './genesis.js';
import type { History } from './history.js';
import type { Journal, JournalRecord, Log } from './journal.js';
import type { Hex } from './bytes.js';
import type { Core, Node } from './node-state.js';
import { Pool } from './pool.js';
import { RpcError } from './rpc-error.js';
import { Runtime } from './runtime.js';

export type { GenesisOptions } from './genesis.js';
export { RpcError } from './rpc-error.js';

export interface DevchainOptions {
  readonly genesis?: GenesisOptions;
  /** Milliseconds between blocks while there is something to do, or `manual`: only by `dev_newBlock`. Default 500. */
  readonly blockTime?: number | 'manual';
  /** Milliseconds between blocks while there is nothing to do. Default: as `blockTime`. */
  readonly idleTime?: number;
  /** How many blocks behind the best one finality follows. Default 2. */
  readonly finalityLag?: number;
  /** How many final blocks keep their state, at some 11 kB each. Default 5,000. */
  readonly keptStates?: number;
  readonly now?: () => number;
  /** Keeps what `snapshot` gives, at some 3 kB a block. Default: no. */
  readonly history?: boolean;
  /** Goes on where a chain with the same genesis was, unless the journal holds one already. */
  readonly snapshot?: Uint8Array;
  /** Opens what the chain is kept in, once the genesis is known. Default: it lives in memory only. */
  readonly journal?: (genesisHash: Hex) => Journal & { readonly records: readonly JournalRecord[] };
}

/** One client's line to the chain, in JSON-RPC text. */
export interface Line {
  send(text: string): void;
  close(): void;
}

export interface Devchain {
  readonly genesisHash: Hex;
  /** @throws RpcError */
  request(method: string, params?: readonly unknown[]): Promise<unknown>;
  /** Calls back for every result, until the function that it gives is called. */
  subscribe(
    method: string,
    params: readonly unknown[],
    onResult: (result: unknown) => void,
  ): Promise<() => Promise<void>>;
  connect(onText: (text: string) => void): Line;
  /**
   * All blocks, to be given to `openDevchain`; waiting transactions are not in it.
   *
   * @throws Error when no history is kept.
   */
  snapshot(): Uint8Array;
  close(): void;
}

export async function openDevchain(options: DevchainOptions = {}): Promise<Devchain> {
  const { blockTime = 500, finalityLag = 2, keptStates = 5_000, now = Date.now } = options;
  const idleTime = options.idleTime ?? (blockTime === 'manual' ? 0 : blockTime);
  const runtime = await Runtime.load();
  const chain = new Chain(genesisState(runtime.code, options.genesis), keptStates);
  const kept = options.journal?.(chain.genesis.hash);
  const past = [...(kept?.records ?? [])];
  if (options.snapshot && past.length === 0) {
    const { readSnapshot } = await import('./history.js');
    past.push(...readSnapshot(options.snapshot, chain.genesis.hash));
    for (const record of past) kept?.append(record);
  }
  if (past.length > 0) {
    const { replay } = await import('./journal.js');
    await loadSchemes();
    replay(chain, past);
  }
  let history: History | undefined;
  if (options.history) {
    const { History } = await import('./history.js');
    history = new History(chain.genesis.hash, past, kept);
  }
  const journal = history ?? kept;
  const pool = new Pool(runtime, chain, () => author.schedule());
  const author = new Author(runtime, chain, pool, journal, { blockTime, idleTime, finalityLag, now });
  const manual = blockTime === 'manual';
  const core: Core = { runtime, chain, pool, author, manual };
  let gateway: Promise<Gateway> | undefined;
  const node: Node = { ...core, gateway: () => (gateway ??= openGateway(core, now, journal?.bitcoin)) };
  // What was under way there goes on by itself.
  if (journal?.bitcoin?.records.length) await node.gateway();
  author.start();

  const lines = new Set<Connection>();
  const connect = (onText: (text: string) => void): Line => {
    const connection = new Connection(node, onText);
    lines.add(connection);
    return {
      send: (text) => void connection.receive(text),
      close: () => {
        connection.close();
        lines.delete(connection);
      },
    };
  };
  const own = inProcess(connect);
  return {
    genesisHash: chain.genesis.hash,
    ...own,
    connect,
    snapshot: () => {
      if (!history) throw new Error('the chain was opened without a history');
      return history.snapshot();
    },
    close: () => {
      author.stop();
      for (const line of lines) line.close();
      lines.clear();
      journal?.close();
    },
  };
}

async function openGateway(core: Core, now: () => number, log: Log | undefined): Promise<Gateway> {
  const { Gateway } = await import('./bitcoin/gateway.js');
  const gateway = new Gateway(core, now, log);
  if (!core.manual) core.chain.newBest.on(() => gateway.isBusy && void gateway.mine());
  return gateway;
}

type Answer = {
  id?: number;
  result?: unknown;
  error?: { code: number; message: string; data?: string };
  params?: { subscription: string; result: unknown };
};

/** Requests and subscriptions over a line, for callers in the same process. */
function inProcess(connect: Devchain['connect']): Pick<Devchain, 'request' | 'subscribe'> {
  const waiting = new Map<number, (answer: Answer) => void>();
  const listeners = new Map<string, (result: unknown) => void>();
  let counter = 0;
  const line = connect((text) => {
    const answer = JSON.parse(text) as Answer;
    if (answer.params) return listeners.get(answer.params.subscription)?.(answer.params.result);
    waiting.get(answer.id!)?.(answer);
    waiting.delete(answer.id!);
  });
  const ask = <T>(method: string, params: readonly unknown[], take: (result: unknown) => T) =>
    new Promise<T>((resolve, reject) => {
      const id = ++counter;
      waiting.set(id, ({ result, error }) => {
        if (error) reject(new RpcError(error.code, error.message, error.data));
        else resolve(take(result));
      });
      line.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    });
  return {
    request: (method, params = []) => ask(method, params, (result) => result),
    subscribe: (method, params, onResult) =>
      // The first result comes at once after the answer: the listener has to be there by then.
      ask(method, params, (result) => {
        const id = String(result);
        listeners.set(id, onResult);
        return async () => {
          listeners.delete(id);
          await ask(
            method.replace('_subscribe', '_unsubscribe').replace('_submitAndWatch', '_unwatch'),
            [id],
            () => undefined,
          );
        };
      }),
  };
}
