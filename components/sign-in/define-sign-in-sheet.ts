/**
 * What a visitor signs in to a site in, as one thing to load; it registers nothing before it is asked to.
 *
 * @module
 */
import { ComingDialog } from '../internal/dialog.js';
import { register } from '../internal/register.js';
import { ComingWalletChoice } from '../wallet/choice.js';
import { ComingSignInSheet } from './sheet.js';

export function defineSignInSheet(): void {
  register('coming-dialog', ComingDialog);
  register('coming-wallet-choice', ComingWalletChoice);
  register('coming-sign-in-sheet', ComingSignInSheet);
}
