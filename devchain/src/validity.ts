/**
 * What the runtime says about a transaction, and the words and numbers that a node says it in.
 *
 * @module
 */
import { hexOf } from './bytes.js';
import { RpcError } from './rpc-error.js';
import { ScaleReader } from './scale.js';

/** `TransactionValidityError`. */
export interface Invalidity {
  readonly kind: 'invalid' | 'unknown';
  readonly variant: number;
  readonly custom: number;
}

export interface ValidTransaction {
  readonly priority: bigint;
  /** Tags, in hexadecimal, that must be provided before this transaction may enter a block. */
  readonly requires: readonly string[];
  readonly provides: readonly string[];
  readonly longevity: bigint;
}

/** What is said of bytes that are no call of this chain. */
export const BAD_CALL: Invalidity = { kind: 'invalid', variant: 0, custom: 0 };

const INVALID_FUTURE = 2;
const INVALID_EXHAUSTS_RESOURCES = 6;
const INVALID_CUSTOM = 7;

const INVALID_TEXTS = [
  'Transaction call is not expected',
  'Inability to pay some fees (e.g. account balance too low)',
  'Transaction will be valid in the future',
  'Transaction is outdated',
  'Transaction has a bad signature',
  'Transaction has an ancient birth block',
  'Transaction would exhaust the block limits',
  'InvalidTransaction custom error',
  'A call was labelled as mandatory, but resulted in an Error.',
  'Transaction dispatch is mandatory; transactions must not be validated.',
  'Invalid signing address',
];
const UNKNOWN_TEXTS = [
  'Could not lookup information required to validate the transaction',
  'Could not find an unsigned validator for the unsigned transaction',
];

export function readInvalidity(bytes: Uint8Array): Invalidity {
  const [kind, variant = 0, custom = 0] = bytes;
  return { kind: kind === 0 ? 'invalid' : 'unknown', variant, custom };
}

export function readValidity(bytes: Uint8Array): ValidTransaction | Invalidity {
  if (bytes[0] !== 0) return readInvalidity(bytes.subarray(1));
  const from = new ScaleReader(bytes.subarray(1));
  const priority = from.number(8);
  const requires = from.blobs().map(hexOf);
  const provides = from.blobs().map(hexOf);
  return { priority, requires, provides, longevity: from.number(8) };
}

export function isInvalid(validity: ValidTransaction | Invalidity): validity is Invalidity {
  return 'kind' in validity;
}

/** Whether the same transaction may fit into a later block. */
export function mayFitLater({ kind, variant }: Invalidity): boolean {
  return kind === 'invalid' && (variant === INVALID_FUTURE || variant === INVALID_EXHAUSTS_RESOURCES);
}

export function invalidityError({ kind, variant, custom }: Invalidity): RpcError {
  if (kind === 'unknown') {
    return new RpcError(1011, 'Unknown Transaction Validity', UNKNOWN_TEXTS[variant] ?? 'Unknown');
  }
  if (variant === INVALID_CUSTOM) return new RpcError(1010, 'Invalid Transaction', `Custom error: ${custom}`);
  return new RpcError(1010, 'Invalid Transaction', INVALID_TEXTS[variant] ?? 'Invalid');
}
