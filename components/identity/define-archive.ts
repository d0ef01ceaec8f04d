/**
 * Export and import, as one thing to load; it registers nothing before it is asked to.
 *
 * @module
 */
import { register } from '../internal/register.js';
import { ComingArchiveFlow } from './archive-flow.js';

export function defineArchive(): void {
  register('coming-archive-flow', ComingArchiveFlow);
}
