import { describe, expect, it } from 'vitest';
import {
  assetNamed,
  CHAINX_ASSETS,
  CHAINX_GENESIS,
  chainId,
  PCX,
  requireAssetOn,
  XBTC,
  xbtcOn,
  type Asset,
} from '../../../core/ledger/index.js';
import { refusal } from '../../support/codes.js';

const OTHER_GENESIS = `0x${'ab'.repeat(32)}`;

describe('assets', () => {
  it('are named as CAIP-19 wants it, by the first 16 bytes of the genesis', () => {
    // The grammar of CAIP-19: chain id, asset namespace, asset reference.
    const grammar = /^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}\/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}$/;
    for (const { caip19 } of CHAINX_ASSETS) expect(caip19).toMatch(grammar);
    expect(XBTC.caip19).toBe('polkadot:6ac13efb5b368b97b4934cef6edfdd99/xassets:1');
    expect(PCX.decimals).toBe(8);
    expect(CHAINX_ASSETS[0]).toBe(XBTC);
  });

  it('are found by name, also those that an integrator added', async () => {
    const own: Asset = { ...XBTC, caip19: `${chainId(CHAINX_GENESIS)}/xassets:7`, symbol: 'OWN' };
    expect(assetNamed(PCX.caip19)).toBe(PCX);
    expect(assetNamed(own.caip19, [...CHAINX_ASSETS, own])).toBe(own);
    expect(await refusal(() => assetNamed(own.caip19))).toBe('unknown-asset');
  });

  it('are refused on another chain', async () => {
    requireAssetOn(OTHER_GENESIS, xbtcOn(OTHER_GENESIS));
    expect(await refusal(() => requireAssetOn(OTHER_GENESIS, XBTC))).toBe('unknown-asset');
  });

  it('cannot be made for what is no genesis hash', () => {
    for (const wrong of ['', '0x12', OTHER_GENESIS.toUpperCase(), OTHER_GENESIS.slice(2)]) {
      expect(() => chainId(wrong)).toThrow(RangeError);
    }
  });
});
