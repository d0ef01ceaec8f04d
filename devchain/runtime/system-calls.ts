/**
 * The calls of pallet System: remarks.
 *
 * @module
 */
import { Call } from './call';
import { SYSTEM } from './constants';
import { ext_hashing_blake2_256_version_1 } from './env';
import { BAD_ORIGIN, DONE, Dispatch } from './outcome';
import { Reader } from './reader';
import { Span } from './span';
import { deposit } from './system';
import { Writer } from './writer';

const REMARK: u8 = 1;
const REMARK_WITH_EVENT: u8 = 7;
const EVENT_REMARKED: u8 = 5;

class Remark extends Call {
  constructor(
    private readonly text: Span,
    private readonly says: bool,
  ) {
    super();
  }

  dispatch(origin: usize): Dispatch {
    if (origin === 0) return BAD_ORIGIN;
    if (this.says) {
      const hash = ext_hashing_blake2_256_version_1(this.text);
      deposit(new Writer(66).u8(SYSTEM).u8(EVENT_REMARKED).bytes(origin, 32).bytes(hash, 32).done());
    }
    return DONE;
  }

  weight(): u64 {
    return 1_000_000;
  }
}

export function readSystem(variant: u8, from: Reader): Call | null {
  if (variant !== REMARK && variant !== REMARK_WITH_EVENT) return null;
  return new Remark(from.blob(), variant === REMARK_WITH_EVENT);
}
