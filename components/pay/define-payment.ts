/**
 * How payments are shown in a conversation, as one thing to load; it registers nothing before it is asked to.
 *
 * @module
 */
import { ComingCopyButton } from '../internal/copy-button.js';
import { register } from '../internal/register.js';
import { ComingPayment } from './payment.js';

export { describePayment } from './describe.js';

export function definePayment(): void {
  register('coming-copy-button', ComingCopyButton);
  register('coming-payment', ComingPayment);
}
