/**
 * The calls of pallet System: remarks, and another runtime in place of this one.
 *
 * @module
 */
import { Call, NOBODY, ROOT, isSigned } from './call';
import { SYSTEM } from './constants';
import { ext_hashing_blake2_256_version_1, ext_misc_runtime_version_version_1 } from './env';
import { CODE } from './gen/keys';
import { RUNTIME_ENVIRONMENT_UPDATED } from './header';
import { BAD_ORIGIN, DONE, Dispatch, moduleError } from './outcome';
import { Reader } from './reader';
import { Span, isSame, spanOf } from './span';
import { write } from './storage';
import { deposit, noteDigest } from './system';
import { specVersion, version } from './version';
import { Writer } from './writer';

const REMARK: u8 = 1;
const SET_CODE: u8 = 3;
const REMARK_WITH_EVENT: u8 = 8;
const EVENT_CODE_UPDATED: u8 = 2;
const EVENT_REMARKED: u8 = 5;
const INVALID_SPEC_NAME: u8 = 0;
const SPEC_VERSION_NEEDS_TO_INCREASE: u8 = 1;
const FAILED_TO_EXTRACT_VERSION: u8 = 2;

class Remark extends Call {
  constructor(
    private readonly text: Span,
    private readonly says: bool,
  ) {
    super();
  }

  dispatch(origin: usize): Dispatch {
    if (!this.says) return origin === NOBODY ? BAD_ORIGIN : DONE;
    if (!isSigned(origin)) return BAD_ORIGIN;
    const hash = ext_hashing_blake2_256_version_1(this.text);
    deposit(new Writer(66).u8(SYSTEM).u8(EVENT_REMARKED).bytes(origin, 32).bytes(hash, 32).done());
    return DONE;
  }

  weight(): u64 {
    return 1_000_000;
  }
}

/** The next block is the new runtime's; this one ends as it began. */
class SetCode extends Call {
  constructor(private readonly code: Span) {
    super();
  }

  dispatch(origin: usize): Dispatch {
    if (origin !== ROOT) return BAD_ORIGIN;
    const found = new Reader(ext_misc_runtime_version_version_1(this.code));
    const isThere = found.u8() === 1;
    const next = new Reader(found.blob());
    const name = next.blob();
    next.blob(); // the implementation's name
    next.u32(); // of authoring
    const spec = next.u32();
    if (!isThere || !next.ok) return moduleError(SYSTEM, FAILED_TO_EXTRACT_VERSION);
    if (!isSame(name, new Reader(version()).blob())) return moduleError(SYSTEM, INVALID_SPEC_NAME);
    if (spec <= specVersion()) return moduleError(SYSTEM, SPEC_VERSION_NEEDS_TO_INCREASE);
    write(spanOf(CODE, 5), this.code);
    noteDigest(new Writer(1).u8(RUNTIME_ENVIRONMENT_UPDATED).done());
    deposit(new Writer(2).u8(SYSTEM).u8(EVENT_CODE_UPDATED).done());
    return DONE;
  }

  weight(): u64 {
    return 1_000_000_000;
  }
}

export function readSystem(variant: u8, from: Reader): Call | null {
  if (variant === SET_CODE) return new SetCode(from.blob());
  if (variant !== REMARK && variant !== REMARK_WITH_EVENT) return null;
  return new Remark(from.blob(), variant === REMARK_WITH_EVENT);
}
