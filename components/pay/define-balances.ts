/**
 * What an account holds, as one thing to load; it registers nothing before it is asked to.
 *
 * @module
 */
import { register } from '../internal/register.js';
import { ComingBalances } from './balances.js';

export function defineBalances(): void {
  register('coming-balances', ComingBalances);
}
