/**
 * `chain_*`: blocks and headers.
 *
 * @module
 */
import { bytesToNumber, hexOf } from '../bytes.js';
import { headerJson } from '../header.js';
import type { Block } from '../chain.js';
import type { Node } from '../node-state.js';
import { invalidParams } from '../rpc-error.js';
import { type Method, type Params, type Subscription, hexParam, textParam } from './method.js';

/** The block that is meant, if there is one: these methods answer `null` for an unknown hash. */
function known({ chain }: Node, hash: unknown): Block | undefined {
  return hash === undefined || hash === null
    ? chain.best
    : chain.get(textParam(hash, 'a hash').toLowerCase());
}

function blockNumber(value: unknown): number {
  if (typeof value === 'string' && /^0x[0-9a-f]+$/i.test(value)) {
    const even = value.length % 2 === 0 ? value : `0x0${value.slice(2)}`;
    return Number(bytesToNumber(hexParam(even, 'a number').reverse()));
  }
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw invalidParams('a block number');
}

function hashOf({ chain }: Node, number: unknown): unknown {
  if (number === undefined || number === null) return chain.best.hash;
  if (Array.isArray(number)) return number.map((one) => chain.hashAt(blockNumber(one)) ?? null);
  return chain.hashAt(blockNumber(number)) ?? null;
}

const header: Method = (node, [hash]) => {
  const block = known(node, hash);
  return block ? headerJson(block.header) : null;
};

export const chainMethods: Record<string, Method> = {
  chain_getHeader: header,
  chain_getBlock: (node, [hash]) => {
    const block = known(node, hash);
    if (!block) return null;
    return {
      block: { header: headerJson(block.header), extrinsics: block.extrinsics.map(hexOf) },
      justifications: null,
    };
  },
  chain_getBlockHash: (node, [number]) => hashOf(node, number),
  chain_getHead: (node, [number]) => hashOf(node, number),
  chain_getFinalizedHead: ({ chain }) => chain.finalized.hash,
  chain_getFinalisedHead: ({ chain }) => chain.finalized.hash,
};

const newHeads: Subscription = {
  notification: 'chain_newHead',
  unsubscribe: 'chain_unsubscribeNewHeads',
  start: ({ chain }: Node, _params: Params, emit) => {
    emit(headerJson(chain.best.header));
    return chain.newBest.on(({ best }) => emit(headerJson(best.header)));
  },
};

const finalizedHeads: Subscription = {
  notification: 'chain_finalizedHead',
  unsubscribe: 'chain_unsubscribeFinalizedHeads',
  start: ({ chain }, _params, emit) => {
    emit(headerJson(chain.finalized.header));
    return chain.newFinalized.on((block) => emit(headerJson(block.header)));
  },
};

export const chainSubscriptions: Record<string, Subscription> = {
  chain_subscribeNewHeads: newHeads,
  chain_subscribeNewHead: { ...newHeads, unsubscribe: 'chain_unsubscribeNewHead' },
  chain_subscribeAllHeads: {
    notification: 'chain_allHead',
    unsubscribe: 'chain_unsubscribeAllHeads',
    start: ({ chain }, _params, emit) => {
      emit(headerJson(chain.best.header));
      return chain.imported.on((block) => emit(headerJson(block.header)));
    },
  },
  chain_subscribeFinalizedHeads: finalizedHeads,
  chain_subscribeFinalisedHeads: { ...finalizedHeads, unsubscribe: 'chain_unsubscribeFinalisedHeads' },
};
