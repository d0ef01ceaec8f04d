/**
 * Gives away test coins as anybody would: by signed transfers of an account that was rich from the start. The runtime
 * knows nothing of it.
 *
 * @module
 */
import { type Hex, bytesOf, bytesToNumber, concatBytes, numberToBytes } from './bytes.js';
import { FAUCET, signAsFaucet } from './faucet-account.js';
import { XBTC } from './genesis.js';
import { blake2b256 } from './hashes.js';
import type { Node } from './node-state.js';
import { accountKey, assetKey } from './keys.js';
import { RpcError } from './rpc-error.js';
import { nextIndex } from './rpc/author.js';
import { blob, compact } from './scale.js';
import { getValue } from './trie.js';

const SIGNED = Uint8Array.of(0x84);
const ACCOUNT_ID = Uint8Array.of(0);
const ED25519 = Uint8Array.of(0);
const IMMORTAL = Uint8Array.of(0);
const NO_TIP = Uint8Array.of(0);
const BALANCES_TRANSFER = Uint8Array.of(6, 0);
const ASSETS_TRANSFER = Uint8Array.of(26, 0);
const SPEC_VERSION = 34;
const TRANSACTION_VERSION = 7;
const LONGEST_PAYLOAD = 256;
/** More than two transfers cost. */
const FEES = 100_000n;
/** Where amounts stand in `AccountInfo`, after four counters, and in a `BTreeMap` whose only kind is usable. */
const FREE_AT = 16;
const USABLE_AT = 2;
const AMOUNT = 16;

/** Base units. */
export interface Gift {
  readonly pcx: bigint;
  readonly xbtc: bigint;
}

/**
 * Sends what is asked for and waits until it is in a block, which is the result.
 *
 * @throws RpcError when the faucet is empty.
 */
export async function fund(node: Node, account: Uint8Array, { pcx, xbtc }: Gift): Promise<Hex | undefined> {
  const held = holdings(node);
  if (pcx + FEES > held.pcx || xbtc > held.xbtc)
    throw new RpcError(-32000, 'The faucet does not hold so much');
  const to = concatBytes(ACCOUNT_ID, account);
  const calls: Uint8Array[] = [];
  if (pcx > 0n) calls.push(concatBytes(BALANCES_TRANSFER, to, compact(pcx)));
  if (xbtc > 0n) calls.push(concatBytes(ASSETS_TRANSFER, to, compact(XBTC), compact(xbtc)));
  const blocks = calls.map((call) => submit(node, call));
  if (node.manual && blocks.length > 0) node.author.makeBlock();
  return (await Promise.all(blocks)).at(-1);
}

/** What the faucet has; one with no XBTC left has no entry. */
function holdings({ chain }: Node): Gift {
  const state = chain.stateOf(chain.best.hash);
  const pcx = getValue(state, accountKey(FAUCET))!.subarray(FREE_AT, FREE_AT + AMOUNT);
  const xbtc = getValue(state, assetKey(FAUCET, XBTC))?.subarray(USABLE_AT, USABLE_AT + AMOUNT);
  return { pcx: bytesToNumber(pcx), xbtc: xbtc ? bytesToNumber(xbtc) : 0n };
}

function submit(node: Node, call: Uint8Array): Promise<Hex> {
  return new Promise((resolve, reject) => {
    node.pool.submit(signed(node, call), (status) => {
      if (status === 'invalid' || status === 'dropped') reject(new Error(`the transfer is ${status}`));
      else if (typeof status === 'object' && 'inBlock' in status) resolve(status.inBlock);
    });
  });
}

function signed(node: Node, call: Uint8Array): Uint8Array {
  const extra = concatBytes(IMMORTAL, compact(nextIndex(node, FAUCET)), NO_TIP);
  const genesis = bytesOf(node.chain.genesis.hash);
  const versions = [SPEC_VERSION, TRANSACTION_VERSION].map((version) => numberToBytes(version, 4));
  const payload = concatBytes(call, extra, ...versions, genesis, genesis);
  const signature = signAsFaucet(payload.length > LONGEST_PAYLOAD ? blake2b256(payload) : payload);
  return blob(concatBytes(SIGNED, ACCOUNT_ID, FAUCET, ED25519, signature, extra, call));
}
