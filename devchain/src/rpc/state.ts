/**
 * `state_*`: storage at any block that still has its state, the metadata, calls to the runtime.
 *
 * @module
 */
import { hexOf } from '../bytes.js';
import type { Block } from '../chain.js';
import { blake2b256 } from '../hashes.js';
import { CODE_KEY } from '../keys.js';
import type { Core } from '../node-state.js';
import { Overlay } from '../overlay.js';
import { RpcError, invalidParams } from '../rpc-error.js';
import { RuntimeTrap } from '../runtime.js';
import { ScaleReader } from '../scale.js';
import { type Trie, entriesAfter, getValue, proofOf } from '../trie.js';
import {
  MOST_KEYS,
  type Method,
  type Subscription,
  blockParam,
  hexParam,
  keyParam,
  keysParam,
  numberParam,
  stateParam,
  textParam,
} from './method.js';

/** Runs an entry point without keeping what it writes. */
export function callRuntime(node: Core, entry: string, args: Uint8Array, state: Trie): Uint8Array {
  const overlay = new Overlay(state);
  if (!node.runtime.has(entry, overlay)) {
    throw new RpcError(4003, `Client error: Execution failed: Other: Exported method ${entry} is not found`);
  }
  try {
    return node.runtime.call(entry, args, overlay);
  } catch (error) {
    if (error instanceof RuntimeTrap)
      throw new RpcError(4003, `Client error: Execution failed: ${error.message}`);
    throw error;
  }
}

/** As `state_getRuntimeVersion` answers it. */
export function runtimeVersion(node: Core, state: Trie) {
  const from = new ScaleReader(callRuntime(node, 'Core_version', new Uint8Array(), state));
  const text = () => new TextDecoder().decode(from.blob());
  const number = () => Number(from.number(4));
  const specName = text();
  const implName = text();
  const [authoringVersion, specVersion, implVersion] = [number(), number(), number()];
  const apis = Array.from({ length: from.compact() }, () => [hexOf(from.take(8)), number()]);
  const transactionVersion = number();
  const stateVersion = Number(from.number(1));
  return {
    ...{ specName, implName, authoringVersion, specVersion, implVersion },
    ...{ apis, transactionVersion, stateVersion },
  };
}

const hexOrNull = (value: Uint8Array | undefined) => (value ? hexOf(value) : null);

const storage: Method = (node, [key, at]) => hexOrNull(getValue(stateParam(node, at), keyParam(key)));

const keysPaged: Method = (node, [prefix, count, start, at]) => {
  const most = numberParam(count, 'a count');
  if (most > MOST_KEYS)
    throw new RpcError(4002, `count exceeds maximum value. value: ${most}, max: ${MOST_KEYS}`);
  const after = start === undefined || start === null ? undefined : keyParam(start);
  const wanted = prefix === undefined || prefix === null ? '' : keyParam(prefix);
  const keys: string[] = [];
  for (const [key] of entriesAfter(stateParam(node, at), wanted, after)) {
    if (keys.length === most) break;
    keys.push(`0x${key}`);
  }
  return keys;
};

const versionMethod: Method = (node, [at]) => runtimeVersion(node, stateParam(node, at));

function changesAt(state: Trie, block: Block, keys: readonly string[]) {
  return { block: block.hash, changes: keys.map((key) => [`0x${key}`, hexOrNull(getValue(state, key))]) };
}

/** What changed from block to block on the best chain. */
const queryStorage: Method = (node, [keyList, from, to]) => {
  const keys = keysParam(keyList);
  const first = blockParam(node, from).header.number;
  const last = blockParam(node, to).header.number;
  if (last - first > MOST_KEYS) throw invalidParams('the range of blocks is too long');
  const seen = new Map<string, string | null>();
  const sets = [];
  for (let number = first; number <= last; number++) {
    const block = blockParam(node, node.chain.hashAt(number));
    const { changes } = changesAt(stateParam(node, block.hash), block, keys);
    const fresh = changes.filter(([key, value]) => seen.get(key!) !== value);
    for (const [key, value] of fresh) seen.set(key!, value ?? null);
    if (fresh.length > 0) sets.push({ block: block.hash, changes: fresh });
  }
  return sets;
};

export const stateMethods: Record<string, Method> = {
  state_getStorage: storage,
  state_getStorageAt: storage,
  state_getStorageHash: (node, [key, at]) => {
    const value = getValue(stateParam(node, at), keyParam(key));
    return value ? hexOf(blake2b256(value)) : null;
  },
  state_getStorageSize: (node, [key, at]) => getValue(stateParam(node, at), keyParam(key))?.length ?? null,
  state_getKeysPaged: keysPaged,
  state_getKeysPagedAt: keysPaged,
  state_queryStorageAt: (node, [keys, at]) => [
    changesAt(stateParam(node, at), blockParam(node, at), keysParam(keys)),
  ],
  state_queryStorage: queryStorage,
  state_getReadProof: (node, [keys, at]) => {
    const state = stateParam(node, at);
    const proof = new Set(keysParam(keys).flatMap((key) => proofOf(state, key).map(hexOf)));
    return { at: blockParam(node, at).hash, proof: [...proof] };
  },
  state_getMetadata: (node, [at]) => {
    const wrapped = callRuntime(node, 'Metadata_metadata', new Uint8Array(), stateParam(node, at));
    return hexOf(new ScaleReader(wrapped).blob());
  },
  state_getRuntimeVersion: versionMethod,
  chain_getRuntimeVersion: versionMethod,
  state_call: (node, [entry, args, at]) =>
    hexOf(
      callRuntime(node, textParam(entry, 'a method'), hexParam(args, 'the argument'), stateParam(node, at)),
    ),
};

export const stateSubscriptions: Record<string, Subscription> = {
  state_subscribeStorage: {
    notification: 'state_storage',
    unsubscribe: 'state_unsubscribeStorage',
    start: (node, [keyList], emit) => {
      const keys = keysParam(keyList);
      let last = changesAt(stateParam(node, null), node.chain.best, keys);
      emit(last);
      return node.chain.newBest.on(({ best }) => {
        const now = changesAt(node.chain.stateOf(best.hash), best, keys);
        const changes = now.changes.filter(([, value], i) => value !== last.changes[i]![1]);
        last = now;
        if (changes.length > 0) emit({ block: best.hash, changes });
      });
    },
  },
  state_subscribeRuntimeVersion: {
    notification: 'state_runtimeVersion',
    unsubscribe: 'state_unsubscribeRuntimeVersion',
    start: (node, _params, emit) => {
      let state = stateParam(node, null);
      emit(runtimeVersion(node, state));
      return node.chain.newBest.on(({ best }) => {
        const before = getValue(state, CODE_KEY);
        state = node.chain.stateOf(best.hash);
        if (getValue(state, CODE_KEY) !== before) emit(runtimeVersion(node, state));
      });
    },
  },
};
