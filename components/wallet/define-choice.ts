/**
 * What a visitor chooses an account of a wallet in, as one thing to load; it registers nothing before it is asked to.
 *
 * @module
 */
import { register } from '../internal/register.js';
import { ComingWalletChoice } from './choice.js';

export function defineWalletChoice(): void {
  register('coming-wallet-choice', ComingWalletChoice);
}
