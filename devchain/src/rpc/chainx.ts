/**
 * `xassets_*`, `xgatewaycommon_*` and `xgatewayrecords_*`: what ChainX's nodes offer beside Substrate's methods.
 *
 * @module
 */
import { addressOf } from '../address.js';
import { bytesOf, bytesToNumber, concatBytes, hexOf, numberToBytes } from '../bytes.js';
import { blake2Concat, itemKey, twoxConcat, u32Key } from '../keys.js';
import type { Node } from '../node-state.js';
import { RpcError, invalidParams } from '../rpc-error.js';
import { ScaleReader, blob } from '../scale.js';
import { type Trie, entriesAfter, getValue } from '../trie.js';
import { accountParam } from './account.js';
import { type Method, numberParam, stateParam, textParam } from './method.js';
import { callRuntime } from './state.js';

const CHAINS = ['ChainX', 'Bitcoin', 'Ethereum', 'Polkadot'];
const KINDS = ['Usable', 'Locked', 'Reserved', 'ReservedWithdrawal', 'ReservedDexSpot'];
const WITHDRAWAL_STATES = [
  'Applying',
  'Processing',
  'NormalFinish',
  'RootFinish',
  'NormalCancel',
  'RootCancel',
];
const BITCOIN = Uint8Array.of(1);

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** All kinds of balance, as decimal text. */
function balances(held: Uint8Array | undefined): Record<string, string> {
  const amounts = KINDS.map(() => '0');
  const from = new ScaleReader(held ?? Uint8Array.of(0));
  for (let left = from.compact(); left > 0; left--) {
    const kind = from.take(1)[0]!;
    amounts[kind] = String(from.number(16));
  }
  return Object.fromEntries(KINDS.map((kind, i) => [kind, amounts[i]!]));
}

function assetsOf(
  state: Trie,
): readonly { readonly id: number; readonly info: unknown; readonly isOnline: boolean }[] {
  const prefix = itemKey('XAssetsRegistrar', 'AssetInfoOf');
  return [...entriesAfter(state, prefix)].map(([key, value]) => {
    const id = Number(bytesToNumber(bytesOf(key.slice(-8))));
    const from = new ScaleReader(value);
    const [token, tokenName] = [text(from.blob()), text(from.blob())];
    const [chain, decimals] = [CHAINS[from.take(1)[0]!], from.take(1)[0]!];
    const info = { token, tokenName, chain, decimals, desc: text(from.blob()) };
    return {
      id,
      info,
      isOnline: getValue(state, itemKey('XAssetsRegistrar', 'AssetOnline') + u32Key(id)) !== undefined,
    };
  });
}

/** What the runtime answers with a `Result`; an error is one of the request. */
function result(answer: Uint8Array): ScaleReader {
  const from = new ScaleReader(answer);
  if (from.take(1)[0] === 0) return from;
  throw new RpcError(1, 'The runtime refuses it', hexOf(answer.subarray(1)));
}

/** A trustee session by its number: -1 is the current one, -2 the one before it. */
function session(node: Node, number: unknown, at: unknown) {
  const state = stateParam(node, at);
  const length = getValue(state, itemKey('XGatewayCommon', 'TrusteeSessionInfoLen') + twoxConcat(BITCOIN));
  const asked = number ?? -1;
  if (typeof asked !== 'number' || !Number.isSafeInteger(asked)) throw invalidParams('a session is a number');
  const index = asked < 0 ? Number(bytesToNumber(length ?? new Uint8Array())) + asked : asked;
  const key =
    itemKey('XGatewayCommon', 'TrusteeSessionInfoOf') + twoxConcat(BITCOIN) + u32Key(Math.max(index, 0));
  const found = index < 0 ? undefined : getValue(state, key);
  if (!found) throw new RpcError(1, 'There is no such trustee session');
  const from = new ScaleReader(found);
  const trusteeList = Array.from({ length: from.compact() }, () => [
    addressOf(from.take(32)),
    Number(from.number(8)),
  ]);
  const threshold = Number(from.number(2));
  const address = () => {
    const inner = new ScaleReader(from.blob());
    return { addr: text(inner.blob()), redeemScript: hexOf(inner.blob()) };
  };
  const option = <T>(read: () => T) => (from.take(1)[0] === 1 ? read() : null);
  const [hotAddress, coldAddress] = [address(), address()];
  const multiAccount = option(() => addressOf(from.take(32)));
  const [startHeight, endHeight] = [
    option(() => Number(from.number(4))),
    option(() => Number(from.number(4))),
  ];
  return { trusteeList, threshold, hotAddress, coldAddress, multiAccount, startHeight, endHeight };
}

function withdrawals(state: Trie) {
  const prefix = itemKey('XGatewayRecords', 'PendingWithdrawals');
  const records = [...entriesAfter(state, prefix)].map(([key, value]) => {
    const id = Number(bytesToNumber(bytesOf(key.slice(-8))));
    const from = new ScaleReader(value);
    const [assetId, applicant] = [Number(from.number(4)), addressOf(from.take(32))];
    const balance = String(from.number(16));
    const [addr, ext] = [text(from.blob()), text(from.blob())];
    const stage = getValue(state, itemKey('XGatewayRecords', 'WithdrawalStateOf') + u32Key(id))![0]!;
    return [
      id,
      {
        assetId,
        applicant,
        balance,
        addr,
        ext,
        height: Number(from.number(4)),
        state: WITHDRAWAL_STATES[stage],
      },
    ] as const;
  });
  return Object.fromEntries(records.sort(([a], [b]) => a - b));
}

export const chainxMethods = {
  xassets_getAssets: (node, [at]) => {
    const state = stateParam(node, at);
    const entries = assetsOf(state).map(({ id, info, isOnline }) => {
      const bits = getValue(state, itemKey('XAssets', 'AssetRestrictionsOf') + u32Key(id));
      const balance = balances(getValue(state, itemKey('XAssets', 'TotalAssetBalance') + u32Key(id)));
      return [
        id,
        { balance, info, isOnline, restrictions: { bits: Number(bytesToNumber(bits ?? new Uint8Array())) } },
      ];
    });
    return Object.fromEntries(entries);
  },
  xassets_getAssetsByAccount: (node, [who, at]) => {
    const state = stateParam(node, at);
    const prefix = itemKey('XAssets', 'AssetBalance') + blake2Concat(accountParam(who));
    const entries = [...entriesAfter(state, prefix)].map(([key, value]) => [
      Number(bytesToNumber(bytesOf(key.slice(-8)))),
      balances(value),
    ]);
    return Object.fromEntries(entries);
  },
  xgatewaycommon_withdrawalLimit: (node, [asset, at]) => {
    const args = numberToBytes(numberParam(asset, 'an asset'), 4);
    const state = stateParam(node, at);
    const from = result(callRuntime(node, 'XGatewayCommonApi_withdrawal_limit', args, state));
    return { minimalWithdrawal: String(from.number(16)), fee: String(from.number(16)) };
  },
  xgatewaycommon_verifyWithdrawal: (node, [asset, value, address, memo, at]) => {
    const encode = (one: unknown, what: string) => blob(new TextEncoder().encode(textParam(one, what)));
    const args = concatBytes(
      numberToBytes(numberParam(asset, 'an asset'), 4),
      numberToBytes(numberParam(value, 'an amount'), 16),
      encode(address, 'an address'),
      encode(memo ?? '', 'a memo'),
    );
    result(callRuntime(node, 'XGatewayCommonApi_verify_withdrawal', args, stateParam(node, at)));
    return true;
  },
  xgatewaycommon_boundAddrs: (node, [who, at]) => {
    const key =
      itemKey('XGatewayCommon', 'BoundAddressOf') + blake2Concat(accountParam(who)) + twoxConcat(BITCOIN);
    const bound = getValue(stateParam(node, at), key);
    return bound ? { Bitcoin: new ScaleReader(bound).blobs().map(text) } : {};
  },
  xgatewaycommon_bitcoinTrusteeSessionInfo: (node, [number, at]) => session(node, number, at),
  xgatewayrecords_withdrawalList: (node, [at]) => withdrawals(stateParam(node, at)),
  xgatewayrecords_withdrawalListByAccount: (node, [who, at]) => {
    const account = addressOf(accountParam(who));
    const all = Object.entries(withdrawals(stateParam(node, at)));
    return Object.fromEntries(all.filter(([, { applicant }]) => applicant === account));
  },
} satisfies Record<string, Method>;
