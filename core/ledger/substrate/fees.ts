/**
 * What an extrinsic costs, from the node's own runtime.
 *
 * @module
 */
import { concatBytes } from '@noble/hashes/utils.js';
import { fromHex, toHex } from './hex.js';
import type { ChainNode } from './node.js';
import { RpcError } from './rpc-socket.js';
import { unsupported } from './runtime.js';

/** `RuntimeDispatchInfo` ends with the fee: 16 bytes, least significant first, whatever a weight is before it. */
const FEE_LENGTH = 16;
const INFO = /^0x(?:[0-9a-f]{2}){16,}$/i;

/** The fee of an extrinsic of exactly these bytes. */
export async function feeOf(node: ChainNode, extrinsic: Uint8Array): Promise<bigint> {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, extrinsic.length, true);
  const question = toHex(concatBytes(extrinsic, length));
  try {
    return lastNumber(await node.request('state_call', 'TransactionPaymentApi_query_info', question));
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
  }
  // Nodes that keep `state_call` to themselves.
  const info = await node.request('payment_queryInfo', toHex(extrinsic)).catch((error: unknown) => {
    throw error instanceof RpcError ? unsupported('it does not say what a transfer costs', error) : error;
  });
  if (typeof info === 'string') return lastNumber(info);
  const { partialFee } = (info ?? {}) as { readonly partialFee?: unknown };
  if (!/^(0x[0-9a-f]+|[0-9]+)$/i.test(String(partialFee))) throw unsupported('it names no fee');
  return BigInt(String(partialFee));
}

function lastNumber(hex: unknown): bigint {
  const text = String(hex);
  if (!INFO.test(text)) throw unsupported('it names no fee');
  return BigInt(toHex(fromHex(text).slice(-FEE_LENGTH).reverse()));
}
