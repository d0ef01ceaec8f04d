/**
 * Connects @polkadot/api to a node.
 *
 * @module
 */
import { ApiPromise, WsProvider } from '@polkadot/api';
import type { ProviderInterface } from '@polkadot/rpc-provider/types';

export function connectTo(url: string): Promise<ApiPromise> {
  // Its own types do not agree with each other under exactOptionalPropertyTypes.
  return ApiPromise.create({ provider: new WsProvider(url) as ProviderInterface });
}
