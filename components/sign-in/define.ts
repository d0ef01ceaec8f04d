/**
 * Registers `<coming-sign-in>`; the dialog that it opens is loaded and registered when it is needed.
 *
 * @module
 */
import { register } from '../internal/register.js';
import { ComingSignIn } from './sign-in.js';

register('coming-sign-in', ComingSignIn);
