/**
 * `system_*`: who the node is.
 *
 * @module
 */
import type { Method } from './method.js';

const VERSION = '0.1.0';
/** A peer id that belongs to nobody: this node has no network. */
const PEER = '12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp';

export const systemMethods: Record<string, Method> = {
  system_name: () => 'coming-devchain',
  system_version: () => VERSION,
  system_chain: () => 'Coming devchain',
  system_chainType: () => 'Development',
  system_properties: () => ({ ss58Format: 42, tokenDecimals: 8, tokenSymbol: 'PCX' }),
  system_health: () => ({ peers: 0, isSyncing: false, shouldHavePeers: false }),
  system_nodeRoles: () => ['Authority'],
  system_peers: () => [],
  system_localPeerId: () => PEER,
  system_localListenAddresses: () => [],
  system_syncState: ({ chain }) => {
    const { number } = chain.best.header;
    return { startingBlock: 0, currentBlock: number, highestBlock: number };
  },
};
