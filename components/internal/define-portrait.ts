/**
 * What shows pictures of people, as one thing to load; it registers nothing before it is asked to.
 *
 * @module
 */
import { register } from './register.js';
import { ComingPortrait } from './portrait-element.js';

export function definePortrait(): void {
  register('coming-portrait', ComingPortrait);
}
