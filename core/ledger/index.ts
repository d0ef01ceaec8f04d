/**
 * The ledger: assets and exact amounts for everybody, the chain's client for those who ask.
 *
 * @module
 */
import { loaded } from '../lazy.js';
import type { Chain, ChainOptions } from './chain.js';

export * from './amount.js';
export * from './assets.js';
export type * from './chain.js';
export * from './signers.js';

/**
 * Opens a chain: connects in the background, and takes up the transfers that were under way.
 *
 * What speaks to chains is heavy and loaded here.
 */
export async function openChain(options: ChainOptions): Promise<Chain> {
  const { SubstrateChain } = await loaded(import('./substrate/substrate-chain.js'));
  return SubstrateChain.open(options);
}
