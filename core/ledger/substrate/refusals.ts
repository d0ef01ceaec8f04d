/**
 * Why a node takes no extrinsic, and why a chain did not carry one out, as codes.
 *
 * Sources: the error numbers of Substrate's author RPC; ChainX's custom validity errors.
 *
 * @module
 */
import type { ErrorCode } from '../../errors.js';
import type { Problem } from '../chain.js';
import type { RpcError } from './rpc-socket.js';

export type Refusal =
  /** The node has these very bytes. */
  | { readonly kind: 'known' }
  /** The node looked at it and will not have it. */
  | { readonly kind: 'refused'; readonly problem: Problem }
  /** The node has no room, or cannot tell: worth another try. */
  | { readonly kind: 'later' };

const INVALID = 1010;
const ALREADY_IMPORTED = 1013;
const TOO_LOW_PRIORITY = 1014;

/** What the node says in words, since the number is the same for all. */
const INVALIDITIES: readonly (readonly [RegExp, ErrorCode])[] = [
  [/custom error: 255/i, 'call-paused'],
  [/custom error: 254/i, 'account-blacklisted'],
  [/pay some fees|payment/i, 'insufficient-fee-balance'],
  [/outdated|stale|ancient/i, 'transfer-outdated'],
];

export function readRefusal({ code, message, data }: RpcError): Refusal {
  const said = data || message;
  switch (code) {
    case ALREADY_IMPORTED:
      return { kind: 'known' };
    case TOO_LOW_PRIORITY:
      // Another extrinsic of the account waits with the same nonce.
      return { kind: 'refused', problem: { code: 'transfer-outdated', chainError: undefined } };
    case INVALID: {
      const [, known = 'transfer-refused'] = INVALIDITIES.find(([pattern]) => pattern.test(said)) ?? [];
      return { kind: 'refused', problem: { code: known, chainError: said } };
    }
    default:
      return { kind: 'later' };
  }
}

/** What a chain's own names of errors mean to a person. */
const FAILURES: readonly (readonly [RegExp, ErrorCode])[] = [
  [/InsufficientBalance|BalanceLow|NoFunds|FundsUnavailable|NotExpendable|NoAccount/, 'insufficient-balance'],
  [/BelowMinimum|ExistentialDeposit|CannotCreate/, 'amount-below-minimum'],
  [/CallFiltered/, 'call-paused'],
];

export function problemOf(chainError: string): Problem {
  const [, code = 'transfer-failed'] = FAILURES.find(([pattern]) => pattern.test(chainError)) ?? [];
  return { code, chainError };
}
