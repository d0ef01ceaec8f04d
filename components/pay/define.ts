/**
 * Registers `<coming-pay>`; the dialog that it opens is loaded and registered when it is needed.
 *
 * @module
 */
import { register } from '../internal/register.js';
import { ComingPay } from './pay.js';

register('coming-pay', ComingPay);
