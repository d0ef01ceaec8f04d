/**
 * The post-quantum ratchet's own message, field 5 of a SignalMessage, as it stands on the wire (section 7.1).
 *
 * @module
 */
import { concatBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../../errors.js';
import { varint } from '../wire-fields.js';
import { INDEXES, ROW } from './chunks.js';
import type { Chunk } from './erasure-field.js';

/** The version of the ratchet; the only one spoken, and the least that is accepted. */
export const SPQR_VERSION = 1;

/** What a message carries beside its place in the key chain. */
export const NONE = 0;
export const HEADER = 1;
export const EK = 2;
export const EK_CT1_ACK = 3;
export const CT1_ACK = 4;
export const CT1 = 5;
export const CT2 = 6;

const MAX_INDEX = 0xffffffff;

export interface SpqrMessage {
  /** The epoch that the sender works on; the message's key is of the one before. */
  readonly epoch: number;
  /** The place of the message's key in its chain. */
  readonly index: number;
  readonly type: number;
  /** With all types but {@link NONE} and {@link CT1_ACK}. */
  readonly chunk: Chunk | undefined;
}

function malformed(reason: string): ComingError {
  return new ComingError('malformed-message', reason);
}

export function writeSpqrMessage({ epoch, index, type, chunk }: SpqrMessage): Uint8Array {
  const head = concatBytes(Uint8Array.of(SPQR_VERSION), varint(epoch), varint(index), Uint8Array.of(type));
  return chunk ? concatBytes(head, varint(chunk.index), chunk.data) : head;
}

/**
 * @returns undefined for a message of a later version, which is to be ignored
 * @throws ComingError `malformed-message`, also for a message of no or an earlier version
 */
export function parseSpqrMessage(bytes: Uint8Array | undefined): SpqrMessage | undefined {
  const version = bytes?.[0] ?? 0;
  if (bytes === undefined || version < SPQR_VERSION) throw malformed('without a post-quantum ratchet');
  if (version > SPQR_VERSION) return undefined;
  let at = 1;
  const next = (): number => bytes[at++] ?? fail();
  // At most ten bytes, as many as 64 bits take.
  const number = (max: number): number => {
    let value = 0;
    for (let place = 0; place < 10; place++) {
      const byte = next();
      value += (byte & 0x7f) * 2 ** (7 * place);
      if (byte < 0x80) return value <= max ? value : fail();
    }
    return fail();
  };
  const epoch = number(Number.MAX_SAFE_INTEGER) || fail();
  const index = number(MAX_INDEX);
  const type = next();
  if (type > CT2) fail();
  if (type === NONE || type === CT1_ACK) return { epoch, index, type, chunk: undefined };
  const chunk = { index: number(INDEXES - 1), data: bytes.subarray(at, at + ROW) };
  if (chunk.data.length < ROW) fail();
  return { epoch, index, type, chunk };
}

function fail(): never {
  throw malformed('not a message of the post-quantum ratchet');
}
