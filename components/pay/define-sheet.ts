/**
 * What a visitor pays in, as one thing to load; it registers nothing before it is asked to.
 *
 * @module
 */
import { ComingCopyButton } from '../internal/copy-button.js';
import { ComingDialog } from '../internal/dialog.js';
import { register } from '../internal/register.js';
import { ComingWelcome } from '../internal/welcome.js';
import { ComingPayAmount } from './amount-step.js';
import { ComingPaySheet } from './sheet.js';

export function defineSheet(): void {
  register('coming-copy-button', ComingCopyButton);
  register('coming-dialog', ComingDialog);
  register('coming-welcome', ComingWelcome);
  register('coming-pay-amount', ComingPayAmount);
  register('coming-pay-sheet', ComingPaySheet);
}
