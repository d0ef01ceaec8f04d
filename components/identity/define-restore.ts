/**
 * What brings an identity back, as one thing to load; it registers nothing before it is asked to.
 *
 * @module
 */
import { ComingCopyButton } from '../internal/copy-button.js';
import { ComingQrCode } from '../internal/qr-code.js';
import { register } from '../internal/register.js';
import { ComingScanner } from '../internal/scanner.js';
import { ComingRestore } from './restore.js';

export function defineRestore(): void {
  register('coming-copy-button', ComingCopyButton);
  register('coming-qr-code', ComingQrCode);
  register('coming-scanner', ComingScanner);
  register('coming-restore', ComingRestore);
}
