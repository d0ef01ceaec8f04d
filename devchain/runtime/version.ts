/**
 * Which runtime this is. Its version stands in its data only, so that another one can be made of the same code.
 *
 * @module
 */
import { SPEC_VERSION_AT, TRANSACTION_VERSION_AT, VERSION, VERSION_LENGTH } from './gen/keys';
import { Span, spanOf } from './span';

/** The encoded `RuntimeVersion`. */
export function version(): Span {
  return spanOf(VERSION, VERSION_LENGTH);
}

export function specVersion(): u32 {
  return load<u32>(VERSION + SPEC_VERSION_AT);
}

export function transactionVersion(): u32 {
  return load<u32>(VERSION + TRANSACTION_VERSION_AT);
}
