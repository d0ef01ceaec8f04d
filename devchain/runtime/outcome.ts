/**
 * How a call ended and why a transaction is refused, as numbers that hold their own encoding.
 *
 * @module
 */
import { Writer } from './writer';

/** `DispatchError`: bytes of its encoding from the lowest up, their count in the highest; 0 is success. */
export type Dispatch = u32;
export const DONE: Dispatch = 0;
/** ChainX gives a text with it, which is not encoded. */
export const OTHER: Dispatch = 0x01_000000;
export const CANNOT_LOOKUP: Dispatch = 0x01_000001;
export const BAD_ORIGIN: Dispatch = 0x01_000002;
export const OVERFLOW: Dispatch = 0x02_000108;

export function moduleError(pallet: u8, error: u8): Dispatch {
  return 0x03_000003 | ((<u32>pallet) << 8) | ((<u32>error) << 16);
}

/** `CallFiltered` of pallet System. */
export const CALL_FILTERED: Dispatch = 0x03_050003;

/** `TransactionValidityError`, packed in the same way; 0 is valid. */
export type Validity = u32;
export const VALID: Validity = 0;
export const INVALID_CALL: Validity = 0x02_000000;
export const INVALID_PAYMENT: Validity = 0x02_000100;
export const INVALID_FUTURE: Validity = 0x02_000200;
export const INVALID_STALE: Validity = 0x02_000300;
export const INVALID_BAD_PROOF: Validity = 0x02_000400;
export const INVALID_ANCIENT_BIRTH_BLOCK: Validity = 0x02_000500;
export const INVALID_EXHAUSTS_RESOURCES: Validity = 0x02_000600;
/** ChainX: the account is on the blacklist. */
export const INVALID_BLACKLISTED: Validity = 0x03_fe0700;
/** ChainX: the call is paused. */
export const INVALID_PAUSED: Validity = 0x03_ff0700;
export const INVALID_BAD_MANDATORY: Validity = 0x02_000800;
export const INVALID_BAD_SIGNER: Validity = 0x02_000a00;
export const UNKNOWN_CANNOT_LOOKUP: Validity = 0x02_000001;
export const UNKNOWN_NO_UNSIGNED_VALIDATOR: Validity = 0x02_000101;

/** Appends what a packed error holds. */
export function writePacked(out: Writer, packed: u32): Writer {
  const length = packed >> 24;
  for (let i: u32 = 0; i < length; i++) out.u8(<u8>(packed >> (i * 8)));
  return out;
}
