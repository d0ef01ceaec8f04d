/**
 * Accounts among parameters.
 *
 * @module
 */
import { accountOf } from '../address.js';
import { invalidParams } from '../rpc-error.js';
import { textParam } from './method.js';

export function accountParam(value: unknown): Uint8Array {
  try {
    return accountOf(textParam(value, 'an address'));
  } catch (error) {
    throw error instanceof RangeError ? invalidParams(error.message) : error;
  }
}
