/**
 * What a call is: it was decoded whole before it runs, says what it weighs, and runs for an account.
 *
 * @module
 */
import { Dispatch } from './outcome';
import { NOTHING, Span } from './span';

export abstract class Call {
  pallet: u8 = 0;
  variant: u8 = 0;
  /** The encoded call. */
  encoded: Span = NOTHING;

  /** Runs for the signer's account; 0 is nobody, as for inherents. */
  abstract dispatch(origin: usize): Dispatch;

  /** Fixed numbers: they stand for ChainX's benchmarks, of which `xAssets.transfer` has none. */
  weight(): u64 {
    return 0;
  }
}
