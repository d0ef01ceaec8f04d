/**
 * Block headers: encoded as they are hashed, and as JSON-RPC shows them.
 *
 * @module
 */
import { type Hex, concatBytes, hexOf } from './bytes.js';
import { blake2b256 } from './hashes.js';
import { ScaleReader, compact } from './scale.js';

export interface Header {
  readonly parentHash: Uint8Array;
  readonly number: number;
  readonly stateRoot: Uint8Array;
  readonly extrinsicsRoot: Uint8Array;
  /** Encoded. */
  readonly digest: Uint8Array;
}

export const NO_HASH = new Uint8Array(32);
export const NO_DIGEST = Uint8Array.of(0);

export function encodeHeader(header: Header): Uint8Array {
  const { parentHash, number, stateRoot, extrinsicsRoot, digest } = header;
  return concatBytes(parentHash, compact(number), stateRoot, extrinsicsRoot, digest);
}

export function decodeHeader(bytes: Uint8Array): Header {
  const from = new ScaleReader(bytes);
  const parentHash = from.take(32);
  const number = from.compact();
  const stateRoot = from.take(32);
  const extrinsicsRoot = from.take(32);
  return { parentHash, number, stateRoot, extrinsicsRoot, digest: bytes.subarray(from.position) };
}

/** `RuntimeEnvironmentUpdated` is all that this chain's headers note: there is no consensus here. */
function digestItems(digest: Uint8Array): Uint8Array[] {
  const from = new ScaleReader(digest);
  return Array.from({ length: from.compact() }, () => from.take(1));
}

export function headerHash(header: Header): Hex {
  return hexOf(blake2b256(encodeHeader(header)));
}

export function headerJson(header: Header) {
  return {
    parentHash: hexOf(header.parentHash),
    number: `0x${header.number.toString(16)}`,
    stateRoot: hexOf(header.stateRoot),
    extrinsicsRoot: hexOf(header.extrinsicsRoot),
    digest: { logs: digestItems(header.digest).map(hexOf) },
  };
}
