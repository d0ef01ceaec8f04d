/**
 * The first state of the chain: assets, the accounts of //Alice and her friends, and the faucet.
 *
 * @module
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { accountOf } from './address.js';
import { bytesOf, concatBytes, numberToBytes } from './bytes.js';
import { gatewayGenesis } from './genesis-gateway.js';
import { CODE_KEY, accountKey, assetKey, blake2Concat, itemKey, twoxConcat, u32Key } from './keys.js';
import { FAUCET, RELAYER, ROOT, TRUSTEE } from './own-account.js';
import { blob, compact } from './scale.js';
import { setValue, type Trie } from './trie.js';

export const UNIT = 100_000_000n;
export const XBTC = 1;

export interface Endowment {
  readonly address: string;
  /** In base units. */
  readonly pcx?: bigint;
  readonly xbtc?: bigint;
}

export interface GenesisOptions {
  /** Accounts beside the usual development accounts. */
  readonly accounts?: readonly Endowment[];
  /** Accounts that ChainX's filter refuses. */
  readonly blacklist?: readonly string[];
  /** Assets that are not online: nothing can be done with them. */
  readonly offline?: readonly number[];
  /** Paused calls by pallet; none named pauses the pallet. */
  readonly paused?: Readonly<Record<string, readonly string[]>>;
}

/** sr25519 public keys of //Alice, //Bob, //Charlie, //Dave, //Eve and //Ferdie. */
const DEV_ACCOUNTS = [
  'd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d',
  '8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48',
  '90b5ab205c6974c9ea841be688864633dc9ca8a357843eeacf2314649965fe22',
  '306721211d5404bd9da88e0204360a1a9ab8b87c66c1bc2fcdd37f3c2222cc20',
  'e659a7a1628cdd93febc04a4e0646ea20e9f5f0ce097d9a05290d4a9e054df4e',
  '1cbd2d43530a44705ad088af313e18f80b53ef16b36177cd4b77b846f2a5f07c',
];

const DEV_ENDOWMENT = { pcx: 1_000n * UNIT, xbtc: 10n * UNIT };
const FAUCET_ENDOWMENT = { pcx: 10_000_000n * UNIT, xbtc: 10_000n * UNIT };
/** For the fees of those who work for the chain. */
const WORKING_ENDOWMENT = { pcx: 1_000_000n * UNIT, xbtc: 0n };
/** What ChainX notes instead of a call's name. */
const WHOLE_PALLET = '#';
const BITCOIN_CHAIN = 1;
/** XBTC that is usable may not be destroyed. */
const NO_DESTROY_USABLE = 32;

/** @param code - The runtime that the chain begins with. */
export function genesisState(code: Uint8Array, options: GenesisOptions = {}): Trie {
  const accounts = [
    ...DEV_ACCOUNTS.map((key) => ({ account: bytesOf(key), ...DEV_ENDOWMENT })),
    { account: FAUCET.key, ...FAUCET_ENDOWMENT },
    ...[RELAYER, TRUSTEE, ROOT].map(({ key }) => ({ account: key, ...WORKING_ENDOWMENT })),
    ...(options.accounts ?? []).map((one) => ({
      account: accountOf(one.address),
      pcx: one.pcx ?? 0n,
      xbtc: one.xbtc ?? 0n,
    })),
  ];
  let trie: Trie;
  const put = (key: string, value: Uint8Array) => (trie = setValue(trie, key, value));
  for (const { account, pcx, xbtc } of accounts) {
    put(accountKey(account), accountInfo(pcx));
    if (xbtc > 0n) {
      put(assetKey(account, XBTC), usable(xbtc));
    }
  }
  const total = (asset: 'pcx' | 'xbtc') => accounts.reduce((sum, account) => sum + account[asset], 0n);
  put(itemKey('Balances', 'TotalIssuance'), numberToBytes(total('pcx'), 16));
  put(itemKey('XAssets', 'TotalAssetBalance') + u32Key(XBTC), usable(total('xbtc')));
  put(itemKey('TransactionPayment', 'NextFeeMultiplier'), numberToBytes(10n ** 18n, 16));
  put(CODE_KEY, code);
  put(itemKey('Sudo', 'Key'), ROOT.key);
  put(itemKey('System', 'Number'), numberToBytes(0, 4));
  for (const [id, token, name, chain, desc] of ASSETS) {
    put(itemKey('XAssetsRegistrar', 'AssetInfoOf') + u32Key(id), assetInfo(token, name, chain, desc));
    if (!(options.offline ?? []).includes(id)) {
      put(itemKey('XAssetsRegistrar', 'AssetOnline') + u32Key(id), Uint8Array.of(1));
    }
    put(
      itemKey('XAssetsRegistrar', 'AssetIdsOf') + twoxConcat(Uint8Array.of(chain)),
      concatBytes(compact(1), numberToBytes(id, 4)),
    );
  }
  put(itemKey('XAssets', 'AssetRestrictionsOf') + u32Key(XBTC), numberToBytes(NO_DESTROY_USABLE, 4));
  for (const [key, value] of gatewayGenesis()) put(key, value);
  for (const address of options.blacklist ?? []) {
    put(itemKey('XSystem', 'Blacklist') + blake2Concat(accountOf(address)), Uint8Array.of(1));
  }
  for (const [pallet, calls] of Object.entries(options.paused ?? {})) {
    const names = (calls.length > 0 ? [...calls].sort() : [WHOLE_PALLET]).map((call) =>
      blob(utf8ToBytes(call)),
    );
    const key = itemKey('XSystem', 'Paused') + twoxConcat(blob(utf8ToBytes(pallet)));
    put(key, concatBytes(compact(names.length), ...names));
  }
  return trie;
}

const ASSETS: readonly (readonly [number, string, string, number, string])[] = [
  [0, 'PCX', 'Polkadot ChainX', 0, "ChainX's crypto currency in Polkadot ecology"],
  [XBTC, 'XBTC', 'ChainX Bitcoin', BITCOIN_CHAIN, "ChainX's cross-chain Bitcoin"],
];

function assetInfo(token: string, name: string, chain: number, description: string): Uint8Array {
  const text = (value: string) => blob(utf8ToBytes(value));
  return concatBytes(text(token), text(name), Uint8Array.of(chain, 8), text(description));
}

function accountInfo(free: bigint): Uint8Array {
  const counters = [0, 0, 1, 0].map((count) => numberToBytes(count, 4));
  return concatBytes(...counters, numberToBytes(free, 16), new Uint8Array(48));
}

/** A `BTreeMap<AssetType, Balance>` with usable balance only. */
function usable(amount: bigint): Uint8Array {
  return concatBytes(compact(1), Uint8Array.of(0), numberToBytes(amount, 16));
}
