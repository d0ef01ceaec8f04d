/**
 * What can be paid with: a table that integrators extend.
 *
 * An asset belongs to one chain: its CAIP-19 name begins with the chain's, so that an asset of a test
 * network is never taken for the real one.
 *
 * @module
 */
import { ComingError } from '../errors.js';

/** Where a chain keeps the balances of an asset, and so how one is moved. */
export type AssetLedger =
  | { readonly kind: 'balances' } // the chain's own coin, which pays fees
  | { readonly kind: 'xassets'; readonly id: number } // ChainX's pallet XAssets
  | { readonly kind: 'assets'; readonly id: number }; // Substrate's pallet Assets, as on Asset Hub

export interface Asset {
  /** CAIP-19, e.g. `polkadot:6ac13efb5b368b97b4934cef6edfdd99/xassets:1`. */
  readonly caip19: string;
  readonly symbol: string;
  readonly decimals: number;
  readonly ledger: AssetLedger;
}

/** Hash of ChainX's first block. */
export const CHAINX_GENESIS = '0x6ac13efb5b368b97b4934cef6edfdd99c2af51ba5109bfb8dacc116f9c584c10';

const HASH = /^0x[0-9a-f]{64}$/;

/** The CAIP-2 name of the Substrate chain with this genesis hash. */
export function chainId(genesis: string): string {
  if (!HASH.test(genesis)) throw new RangeError('a genesis hash is 0x and 64 lower-case digits');
  return `polkadot:${genesis.slice(2, 34)}`;
}

/** Bitcoin, held in trust, on a chain with ChainX's pallets. */
export function xbtcOn(genesis: string): Asset {
  return {
    caip19: `${chainId(genesis)}/xassets:1`,
    symbol: 'XBTC',
    decimals: 8,
    ledger: { kind: 'xassets', id: 1 },
  };
}

/** The coin of a chain with ChainX's pallets: it pays the fees. */
export function pcxOn(genesis: string): Asset {
  return {
    caip19: `${chainId(genesis)}/balances:0`,
    symbol: 'PCX',
    decimals: 8,
    ledger: { kind: 'balances' },
  };
}

export const XBTC: Asset = xbtcOn(CHAINX_GENESIS);
export const PCX: Asset = pcxOn(CHAINX_GENESIS);

/** XBTC first: it is what people pay each other. */
export const CHAINX_ASSETS: readonly Asset[] = [XBTC, PCX];

/**
 * The asset with this CAIP-19 name.
 *
 * @throws ComingError `unknown-asset`
 */
export function assetNamed(caip19: string, assets: readonly Asset[] = CHAINX_ASSETS): Asset {
  const found = assets.find((asset) => asset.caip19 === caip19);
  if (!found) throw new ComingError('unknown-asset', 'no asset of this name is in the table');
  return found;
}

/**
 * Refuses an asset that is not one of the chain with this genesis hash.
 *
 * @throws ComingError `unknown-asset`
 */
export function requireAssetOn(genesis: string, asset: Asset): void {
  if (!asset.caip19.startsWith(`${chainId(genesis)}/`)) {
    throw new ComingError('unknown-asset', 'an asset of another chain');
  }
}
