/**
 * Pallet Identity: what an account says of itself, against a deposit. Nobody judges it here: there are no registrars.
 *
 * @module
 */
import { reserve, unreserve } from './balances';
import { Call, isSigned } from './call';
import { DOLLAR, IDENTITY } from './constants';
import * as keys from './gen/keys';
import { BAD_ORIGIN, DONE, Dispatch, moduleError } from './outcome';
import { Reader } from './reader';
import { Span, spanOf } from './span';
import { byAccountTwox, read, remove, write } from './storage';
import { deposit } from './system';
import { U128 } from './u128';
import { Writer } from './writer';

const SET_IDENTITY: u8 = 1;
const CLEAR_IDENTITY: u8 = 3;
const EVENT_SET: u8 = 0;
const EVENT_CLEARED: u8 = 1;
const NOT_NAMED: u8 = 2;

const BASIC_DEPOSIT: u64 = 10 * DOLLAR;
const FIELD_DEPOSIT: u64 = (5 * DOLLAR) / 2;
const MOST_ADDITIONAL_FIELDS: u32 = 100;
/** Of `Data`: nothing, 0 to 32 bytes as they are, or one of four hashes. */
const DATA_RAW_32: u8 = 33;
const DATA_HASH_LAST: u8 = 37;
const DATA_HASH: u32 = 32;

class SetIdentity extends Call {
  constructor(
    private readonly info: Span,
    private readonly additional: u32,
  ) {
    super();
  }

  /** Takes the place of the whole record. */
  dispatch(origin: usize): Dispatch {
    if (!isSigned(origin)) return BAD_ORIGIN;
    const before = depositOf(origin);
    const after = BASIC_DEPOSIT + <u64>this.additional * FIELD_DEPOSIT;
    if (after > before) {
      const error = reserve(origin, new U128(after - before, 0));
      if (error !== DONE) return error;
    } else {
      unreserve(origin, new U128(before - after, 0));
    }
    const registration = new Writer(256).compact(0).u64(after).u64(0).span(this.info);
    write(recordKey(origin), registration.done());
    deposit(new Writer(34).u8(IDENTITY).u8(EVENT_SET).bytes(origin, 32).done());
    return DONE;
  }

  weight(): u64 {
    return 158_000_000 + <u64>this.additional * 500_000;
  }
}

class ClearIdentity extends Call {
  dispatch(origin: usize): Dispatch {
    if (!isSigned(origin)) return BAD_ORIGIN;
    const held = depositOf(origin);
    if (held === 0) return moduleError(IDENTITY, NOT_NAMED);
    remove(recordKey(origin));
    unreserve(origin, new U128(held, 0));
    const out = new Writer(50).u8(IDENTITY).u8(EVENT_CLEARED).bytes(origin, 32).u64(held).u64(0);
    deposit(out.done());
    return DONE;
  }

  weight(): u64 {
    return 280_000_000;
  }
}

export function readIdentity(variant: u8, from: Reader): Call | null {
  if (variant === CLEAR_IDENTITY) return new ClearIdentity();
  if (variant !== SET_IDENTITY) return null;
  const start = from.at;
  const additional = skipInfo(from);
  return new SetIdentity(spanOf(start, <u32>(from.at - start)), additional);
}

/** Steps over an `IdentityInfo` and gives the number of its additional fields. */
function skipInfo(from: Reader): u32 {
  const additional = from.compactU32();
  if (additional > MOST_ADDITIONAL_FIELDS) from.fail();
  for (let i: u32 = 0; i < additional && from.ok; i++) {
    skipData(from);
    skipData(from);
  }
  // Display, legal, web, riot and email stand before the fingerprint, image and twitter after it.
  for (let i = 0; i < 5; i++) skipData(from);
  if (from.bool()) from.bytes(20);
  for (let i = 0; i < 2; i++) skipData(from);
  return additional;
}

function skipData(from: Reader): void {
  const kind = from.u8();
  if (kind === 0) return;
  if (kind <= DATA_RAW_32) from.bytes(<u32>kind - 1);
  else if (kind <= DATA_HASH_LAST) from.bytes(DATA_HASH);
  else from.fail();
}

function recordKey(account: usize): Span {
  return byAccountTwox(keys.Identity_IdentityOf, account);
}

/** What the account's record holds back; 0 when there is none. */
function depositOf(account: usize): u64 {
  const registration = read(recordKey(account));
  if (!registration) return 0;
  registration.compactU32(); // judgements, of which there are none
  return registration.u64();
}
