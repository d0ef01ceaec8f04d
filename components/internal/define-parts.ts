/**
 * Registers the parts that several elements have inside them.
 *
 * @module
 */
import { ComingCopyButton } from './copy-button.js';
import { ComingDialog } from './dialog.js';
import { register } from './register.js';
import { ComingWelcome } from './welcome.js';

register('coming-copy-button', ComingCopyButton);
register('coming-dialog', ComingDialog);
register('coming-welcome', ComingWelcome);
