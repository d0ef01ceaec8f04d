/**
 * What shows a person, as one thing to load; it registers nothing before it is asked to.
 *
 * @module
 */
import { ComingCopyButton } from '../internal/copy-button.js';
import { ComingDialog } from '../internal/dialog.js';
import { ComingQrCode } from '../internal/qr-code.js';
import { register } from '../internal/register.js';
import { ComingScanner } from '../internal/scanner.js';
import { ComingContactCard } from './card.js';

export function defineContactCard(): void {
  register('coming-copy-button', ComingCopyButton);
  register('coming-dialog', ComingDialog);
  register('coming-qr-code', ComingQrCode);
  register('coming-scanner', ComingScanner);
  register('coming-contact-card', ComingContactCard);
}
