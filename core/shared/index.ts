/**
 * One client of a profile for all the tabs that it is open in.
 *
 * @module
 */
export { createSharedClient } from './shared-client.js';
