/**
 * What a call is: it was decoded whole before it runs, says what it weighs, and runs for an account.
 *
 * @module
 */
import { Dispatch } from './outcome';
import { NOTHING, Span } from './span';

/** Who a call runs for: the address of an account's 32 bytes, or one of these two. */
export const NOBODY: usize = 0;
export const ROOT: usize = 1;

export function isSigned(origin: usize): bool {
  return origin > ROOT;
}

export abstract class Call {
  pallet: u8 = 0;
  variant: u8 = 0;
  /** The encoded call. */
  encoded: Span = NOTHING;

  /** Runs for the signer's account, for root, or for nobody as inherents do. */
  abstract dispatch(origin: usize): Dispatch;

  /** Fixed numbers: they stand for ChainX's benchmarks, of which `xAssets.transfer` has none. */
  weight(): u64 {
    return 0;
  }
}
