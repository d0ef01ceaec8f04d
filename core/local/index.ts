/**
 * The client that runs in this context and owns its profile's sessions.
 *
 * @module
 */
export { createLocalClient, type LocalClientOptions } from './client.js';
