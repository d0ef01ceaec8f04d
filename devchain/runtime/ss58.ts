/**
 * SS58 addresses in text, of ChainX's networks.
 *
 * @module
 */
import { blake2b512 } from './blake2b';
import { fromBase58 } from './bitcoin/base58';
import { Span, equalBytes, lengthOf, startOf } from './span';
import { Writer } from './writer';

const CONTEXT: usize = memory.data<u8>([83, 83, 53, 56, 80, 82, 69]);
/** ChainX's own addresses, and those of test networks. */
const CHAINX: u8 = 44;
const GENERIC: u8 = 42;
const CONTENT: u32 = 33;
const CHECKSUM: u32 = 2;

/** The account of an address; 0 when it is none. */
export function accountOf(text: Span): usize {
  const bytes = fromBase58(text);
  if (lengthOf(bytes) !== CONTENT + CHECKSUM) return 0;
  const at = startOf(bytes);
  const prefix = load<u8>(at);
  if (prefix !== CHAINX && prefix !== GENERIC) return 0;
  const checksum = blake2b512(new Writer(48).bytes(CONTEXT, 7).bytes(at, CONTENT).done());
  return equalBytes(checksum, at + CONTENT, CHECKSUM) ? at + 1 : 0;
}
