/**
 * The client that runs in this context and owns its profile's sessions.
 *
 * @module
 */
export { createLocalClient, type LocalClientOptions } from './client.js';
export type { ChainChoice } from './paying.js';
