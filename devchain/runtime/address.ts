/**
 * `MultiAddress<AccountId32, u32>`. Only plain account ids can be looked up here: there is no pallet Indices.
 *
 * @module
 */
import { Reader } from './reader';

export const ADDRESS_ID: u8 = 0;

export class Address {
  kind: u8 = 255;
  account: usize = 0;
}

export function readAddress(from: Reader): Address {
  const address = new Address();
  address.kind = from.u8();
  if (address.kind === ADDRESS_ID) address.account = from.bytes(32);
  else if (address.kind === 1) from.compactU32();
  else if (address.kind === 2) from.blob();
  else if (address.kind === 3) from.bytes(32);
  else if (address.kind === 4) from.bytes(20);
  else from.fail();
  return address;
}
