/**
 * What a JSON-RPC method is here, and how parameters are read.
 *
 * @module
 */
import type { Core, Node } from '../node-state.js';
import { bytesOf } from '../bytes.js';
import type { Block } from '../chain.js';
import { RpcError, invalidParams } from '../rpc-error.js';
import type { Trie } from '../trie.js';

/** How many keys can be asked for at once. */
export const MOST_KEYS = 1000;

export type Params = readonly unknown[];

export type Method = (node: Node, params: Params) => unknown;

/** Starts to send; what it returns ends that. */
export type Start = (node: Node, params: Params, emit: (result: unknown) => void) => () => void;

export interface Subscription {
  /** Name of the method in notifications. */
  readonly notification: string;
  readonly unsubscribe: string;
  readonly start: Start;
}

export function hexParam(value: unknown, what: string): Uint8Array {
  return bytesOf(hexText(value, what));
}

/** A storage key, as the trie wants it. */
export function keyParam(value: unknown): string {
  return hexText(value, 'a key').slice(2).toLowerCase();
}

function hexText(value: unknown, what: string): string {
  if (typeof value !== 'string' || value.length % 2 !== 0 || !/^0x[0-9a-f]*$/i.test(value)) {
    throw invalidParams(`${what} is hexadecimal`);
  }
  return value;
}

export function keysParam(value: unknown): string[] {
  if (!Array.isArray(value) || value.length > MOST_KEYS) {
    throw invalidParams(`keys are a list of ${MOST_KEYS} at most`);
  }
  return value.map(keyParam);
}

export function textParam(value: unknown, what: string): string {
  if (typeof value !== 'string') throw invalidParams(`${what} is text`);
  return value;
}

export function numberParam(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw invalidParams(`${what} is a number`);
  }
  return value;
}

/** The block with this hash; the best one when none is named. */
export function blockParam({ chain }: Core, value: unknown): Block {
  if (value === undefined || value === null) return chain.best;
  const block = chain.get(textParam(value, 'a block hash').toLowerCase());
  if (!block)
    throw new RpcError(
      4003,
      `Client error: UnknownBlock: Header was not found in the database: ${String(value)}`,
    );
  return block;
}

export function stateParam(node: Core, value: unknown): Trie {
  const { hash } = blockParam(node, value);
  if (!node.chain.hasState(hash)) {
    throw new RpcError(4003, `Client error: UnknownBlock: State already discarded for ${hash}`);
  }
  return node.chain.stateOf(hash);
}
