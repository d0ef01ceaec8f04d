/**
 * What unlocks a device, as one thing to load; it registers nothing before it is asked to.
 *
 * @module
 */
import { register } from '../internal/register.js';
import { ComingUnlock } from './unlock.js';

export function defineUnlock(): void {
  register('coming-unlock', ComingUnlock);
}
