/**
 * `MultiAddress<AccountId32, u32>`; pallet Indices looks up whose it is.
 *
 * @module
 */
import { Reader } from './reader';

export const ADDRESS_ID: u8 = 0;
export const ADDRESS_INDEX: u8 = 1;

export class Address {
  kind: u8 = 255;
  account: usize = 0;
  index: u32 = 0;
}

export function readAddress(from: Reader): Address {
  const address = new Address();
  address.kind = from.u8();
  if (address.kind === ADDRESS_ID) address.account = from.bytes(32);
  else if (address.kind === ADDRESS_INDEX) address.index = from.compactU32();
  else if (address.kind === 2) from.blob();
  else if (address.kind === 3) from.bytes(32);
  else if (address.kind === 4) from.bytes(20);
  else from.fail();
  return address;
}
