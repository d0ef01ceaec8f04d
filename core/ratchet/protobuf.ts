/**
 * The one place where this folder meets the protobuf codec, which throws errors of its own.
 *
 * @module
 */
import { ComingError } from '../errors.js';

/** @throws ComingError `malformed-message` */
export function decode<T>(codec: { decode(bytes: Uint8Array): T }, bytes: Uint8Array): T {
  try {
    return codec.decode(bytes);
  } catch {
    throw new ComingError('malformed-message', 'not a protobuf message');
  }
}

export function encode<T>(codec: { encode(message: T): { finish(): Uint8Array } }, message: T): Uint8Array {
  return codec.encode(message).finish();
}
