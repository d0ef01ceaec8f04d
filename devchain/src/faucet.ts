/**
 * Gives away test coins as anybody would: by signed transfers of an account that was rich from the start. The runtime
 * knows nothing of it.
 *
 * @module
 */
import { type Hex, bytesToNumber, concatBytes } from './bytes.js';
import { XBTC } from './genesis.js';
import type { Node } from './node-state.js';
import { accountKey, assetKey } from './keys.js';
import { FAUCET } from './own-account.js';
import { RpcError } from './rpc-error.js';
import { compact } from './scale.js';
import { getValue } from './trie.js';

const ACCOUNT_ID = Uint8Array.of(0);
const BALANCES_TRANSFER = Uint8Array.of(6, 0);
const ASSETS_TRANSFER = Uint8Array.of(26, 0);
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
  const blocks = calls.map((call) => FAUCET.send(node, call));
  if (node.manual && blocks.length > 0) node.author.makeBlock();
  return (await Promise.all(blocks)).at(-1);
}

/** What the faucet has; one with no XBTC left has no entry. */
function holdings({ chain }: Node): Gift {
  const state = chain.stateOf(chain.best.hash);
  const pcx = getValue(state, accountKey(FAUCET.key))!.subarray(FREE_AT, FREE_AT + AMOUNT);
  const xbtc = getValue(state, assetKey(FAUCET.key, XBTC))?.subarray(USABLE_AT, USABLE_AT + AMOUNT);
  return { pcx: bytesToNumber(pcx), xbtc: xbtc ? bytesToNumber(xbtc) : 0n };
}
