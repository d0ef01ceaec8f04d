/**
 * Payments between people: made once, shown in their conversation, and believed only when the chain bears them out.
 *
 * @module
 */
import { openChain, type ChainOptions } from '../ledger/index.js';
import { Desk, type DeskOptions } from './desk.js';

export { Desk };

/** Opens what pays on a chain; connects in the background. */
export async function openDesk(options: Omit<DeskOptions, 'chain'>, chain: ChainOptions): Promise<Desk> {
  return new Desk({ ...options, chain: await openChain(chain) });
}
