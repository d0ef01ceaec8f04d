/**
 * What shows one's own account, as one thing to load; it registers nothing before it is asked to.
 *
 * @module
 */
import { register } from '../internal/register.js';
import { ComingIdentityCard } from './card.js';

export function defineIdentityCard(): void {
  register('coming-identity-card', ComingIdentityCard);
}
