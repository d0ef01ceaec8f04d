/**
 * `author_*` and what goes with it: submitting transactions, nonces, fees.
 *
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { bytesToNumber, concatBytes, hexOf, numberToBytes } from '../bytes.js';
import type { Core } from '../node-state.js';
import type { Watcher } from '../pool.js';
import { RpcError } from '../rpc-error.js';
import { ScaleReader } from '../scale.js';
import { accountParam } from './account.js';
import { type Method, type Subscription, hexParam, stateParam } from './method.js';
import { callRuntime } from './state.js';

const CLASSES = ['normal', 'operational', 'mandatory'];

function extrinsicParam(value: unknown): Uint8Array {
  return hexParam(value, 'an extrinsic');
}

/** The nonce that the account's next transaction should have: those that wait in the pool count. */
export function nextIndex(node: Core, account: Uint8Array): number {
  const result = callRuntime(node, 'AccountNonceApi_account_nonce', account, stateParam(node, null));
  let nonce = Number(bytesToNumber(result));
  while (node.pool.provides(`0x${bytesToHex(concatBytes(account, numberToBytes(nonce, 4)))}`)) nonce++;
  return nonce;
}

/** What the runtime says of what an extrinsic costs. */
function paymentQuery(node: Core, entry: string, extrinsic: unknown, at: unknown): ScaleReader {
  const bytes = extrinsicParam(extrinsic);
  const args = concatBytes(bytes, numberToBytes(bytes.length, 4));
  try {
    return new ScaleReader(callRuntime(node, `TransactionPaymentApi_${entry}`, args, stateParam(node, at)));
  } catch (error) {
    if (!(error instanceof RpcError) || error.code !== 4003) throw error;
    throw new RpcError(1, 'Unable to query dispatch info.', error.message);
  }
}

const accountNextIndex: Method = (node, [address]) => nextIndex(node, accountParam(address));

export const authorMethods: Record<string, Method> = {
  author_submitExtrinsic: ({ pool }, [extrinsic]) => pool.submit(extrinsicParam(extrinsic)),
  author_pendingExtrinsics: ({ pool }) => pool.ready().map(hexOf),
  system_accountNextIndex: accountNextIndex,
  account_nextIndex: accountNextIndex,
  payment_queryInfo: (node, [extrinsic, at]) => {
    const info = paymentQuery(node, 'query_info', extrinsic, at);
    const weight = Number(info.number(8));
    const dispatchClass = CLASSES[info.take(1)[0]!];
    return { weight, class: dispatchClass, partialFee: String(info.number(16)) };
  },
  payment_queryFeeDetails: (node, [extrinsic, at]) => {
    const details = paymentQuery(node, 'query_fee_details', extrinsic, at);
    if (details.take(1)[0] === 0) return { inclusionFee: null };
    const amount = () => `0x${details.number(16).toString(16)}`;
    return { inclusionFee: { baseFee: amount(), lenFee: amount(), adjustedWeightFee: amount() } };
  },
};

export const authorSubscriptions: Record<string, Subscription> = {
  author_submitAndWatchExtrinsic: {
    notification: 'author_extrinsicUpdate',
    unsubscribe: 'author_unwatchExtrinsic',
    start: ({ pool }, [extrinsic], emit) => {
      const watcher: Watcher = emit;
      const hash = pool.submit(extrinsicParam(extrinsic), watcher);
      return () => pool.unwatch(hash, watcher);
    },
  },
};
