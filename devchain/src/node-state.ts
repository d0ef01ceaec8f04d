/**
 * The parts of a running node, as the JSON-RPC methods see them.
 *
 * @module
 */
import type { Author } from './author.js';
import type { Gateway } from './bitcoin/gateway.js';
import type { Chain } from './chain.js';
import type { Pool } from './pool.js';
import type { Runtime } from './runtime.js';

/** What makes and keeps blocks. */
export interface Core {
  readonly runtime: Runtime;
  readonly chain: Chain;
  readonly pool: Pool;
  readonly author: Author;
  /** Whether blocks are made only on request. */
  readonly manual: boolean;
}

export interface Node extends Core {
  /** The Bitcoin side, which is loaded when it is first asked for. */
  readonly gateway: () => Promise<Gateway>;
}
