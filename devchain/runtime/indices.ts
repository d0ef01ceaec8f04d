/**
 * Whose account an address stands for.
 *
 * @module
 */
import { ADDRESS_ID, Address } from './address';

/** The account; 0 when the address stands for none. */
export function lookup(address: Address): usize {
  return address.kind === ADDRESS_ID ? address.account : 0;
}
