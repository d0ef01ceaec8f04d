/**
 * `dev_*` that only root may do: pausing calls, the blacklist, another runtime. No back door: the account that pallet
 * Sudo names signs it, and it goes through the pool as anything else does.
 *
 * @module
 */
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Hex, bytesToNumber, concatBytes, numberToBytes } from '../bytes.js';
import { CODE_KEY } from '../keys.js';
import type { Node } from '../node-state.js';
import { ROOT } from '../own-account.js';
import { RpcError, invalidParams } from '../rpc-error.js';
import { ScaleReader, blob } from '../scale.js';
import { getValue } from '../trie.js';
import { accountParam } from './account.js';
import { type Method, hexParam, stateParam, textParam } from './method.js';
import { callRuntime, runtimeVersion } from './state.js';

const SUDO = Uint8Array.of(39, 0);
const MODIFY_PAUSED = Uint8Array.of(24, 0);
const TOGGLE_BLACKLIST = Uint8Array.of(24, 1);
const SET_CODE = Uint8Array.of(0, 3);
const NONE = Uint8Array.of(0);
const SOME = Uint8Array.of(1);
const ACCOUNT_ID = Uint8Array.of(0);

/** Answers once a block holds it, however the call ended: its events say that. */
async function asRoot(node: Node, call: Uint8Array): Promise<{ blockHash: Hex }> {
  const sent = ROOT.send(node, concatBytes(SUDO, call));
  if (node.manual) node.author.makeBlock();
  return { blockHash: await sent };
}

function flagParam(value: unknown): Uint8Array {
  if (typeof value !== 'boolean') throw invalidParams('a yes or no is a boolean');
  return value ? SOME : NONE;
}

/** The runtime of the best block with the next version, and nothing else changed. */
function nextRuntime(node: Node): Uint8Array {
  const state = stateParam(node, null);
  const version = callRuntime(node, 'Core_version', new Uint8Array(), state);
  // Two names and the version of authoring come first.
  const from = new ScaleReader(version);
  from.blob();
  from.blob();
  from.number(4);
  const names = bytesToHex(version.subarray(0, from.position));
  const number = bytesToHex(from.take(4));
  const next = bytesToHex(numberToBytes(bytesToNumber(hexToBytes(number)) + 1n, 4));
  // It stands there twice: as what the runtime says of itself, and in its metadata.
  return hexToBytes(bytesToHex(getValue(state, CODE_KEY)!).replaceAll(names + number, names + next));
}

export const rootMethods = {
  dev_asRoot: (node, [call]) => asRoot(node, hexParam(call, 'a call')),
  dev_setPaused: (node, [pallet, call, isPaused]) => {
    const name = (value: unknown) => blob(utf8ToBytes(textParam(value, 'a name')));
    const which = call === null || call === undefined ? NONE : concatBytes(SOME, name(call));
    return asRoot(node, concatBytes(MODIFY_PAUSED, name(pallet), which, flagParam(isPaused)));
  },
  dev_setBlacklisted: (node, [address, isListed]) =>
    asRoot(node, concatBytes(TOGGLE_BLACKLIST, ACCOUNT_ID, accountParam(address), flagParam(isListed))),
  dev_upgradeRuntime: async (node, [code]) => {
    const given = code === undefined || code === null ? nextRuntime(node) : hexParam(code, 'the runtime');
    const before = getValue(stateParam(node, null), CODE_KEY);
    const { blockHash } = await asRoot(node, concatBytes(SET_CODE, blob(given)));
    const state = stateParam(node, blockHash);
    if (getValue(state, CODE_KEY) === before) throw new RpcError(-32000, 'The runtime refuses it');
    return { blockHash, specVersion: runtimeVersion(node, state).specVersion };
  },
} satisfies Record<string, Method>;
