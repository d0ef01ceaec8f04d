/**
 * Pallet Utility: many calls as one, until one fails, or all of them or none.
 *
 * @module
 */
import { Call, NOBODY, ROOT } from './call';
import { UTILITY } from './constants';
import { dispatch } from './dispatch';
import { BAD_ORIGIN, CALL_FILTERED, DONE, Dispatch, moduleError, writePacked } from './outcome';
import { readCall } from './pallets';
import { DEEPEST_CALL, Reader } from './reader';
import { mark, release } from './scratch';
import { Span, spanOf } from './span';
import { deposit } from './system';
import { Writer } from './writer';
import { isPaused } from './x-system';

const BATCH: u8 = 0;
const BATCH_ALL: u8 = 2;
const EVENT_INTERRUPTED: u8 = 0;
const EVENT_COMPLETED: u8 = 1;
const EVENT_ITEM_COMPLETED: u8 = 2;
const TOO_MANY_CALLS: u8 = 0;
const MOST_CALLS: u32 = 10_922;

/** Whether a `batch_all` is running: no other one may stand in it. */
let withinAll: bool = false;

class Batch extends Call {
  constructor(
    private readonly calls: Span,
    private readonly count: u32,
    private readonly all: bool,
    private readonly inner: u64,
  ) {
    super();
  }

  dispatch(origin: usize): Dispatch {
    if (origin === NOBODY) return BAD_ORIGIN;
    if (this.all && withinAll) return CALL_FILTERED;
    if (this.count > MOST_CALLS) return moduleError(UTILITY, TOO_MANY_CALLS);
    const before = withinAll;
    if (this.all) withinAll = true;
    const error = this.runAll(origin);
    withinAll = before;
    return error;
  }

  private runAll(origin: usize): Dispatch {
    const from = new Reader(this.calls);
    for (let i: u32 = 0; i < this.count; i++) {
      const since = mark();
      const error = runNext(from, origin);
      release(since);
      if (error === DONE) continue;
      if (this.all) return error;
      const out = new Writer(12).u8(UTILITY).u8(EVENT_INTERRUPTED).u32(i);
      deposit(writePacked(out, error).done());
      return DONE;
    }
    deposit(new Writer(2).u8(UTILITY).u8(EVENT_COMPLETED).done());
    return DONE;
  }

  weight(): u64 {
    const each: u64 = this.all ? 5_000_000 : 4_000_000;
    return 17_000_000 + <u64>this.count * each + this.inner;
  }
}

function runNext(from: Reader, origin: usize): Dispatch {
  const call = readCall(from);
  // They were all read before.
  if (!call) return unreachable();
  if (origin !== ROOT && isPaused(call)) return CALL_FILTERED;
  const error = dispatch(call, origin);
  if (error === DONE) deposit(new Writer(2).u8(UTILITY).u8(EVENT_ITEM_COMPLETED).done());
  return error;
}

/** Reads the inner calls to see that they are some, and again when each of them runs: they could be a million. */
export function readUtility(variant: u8, from: Reader): Call | null {
  if (variant !== BATCH && variant !== BATCH_ALL) return null;
  const count = from.compactU32();
  const start = from.at;
  let weight: u64 = 0;
  if (++from.depth > DEEPEST_CALL) from.fail();
  for (let i: u32 = 0; i < count && from.ok; i++) {
    const since = mark();
    const call = readCall(from);
    if (call) weight += call.weight();
    release(since);
  }
  from.depth--;
  return new Batch(spanOf(start, <u32>(from.at - start)), count, variant === BATCH_ALL, weight);
}
