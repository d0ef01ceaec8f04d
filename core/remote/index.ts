/**
 * A client spoken to over a port: for a worker, a second tab, a frame.
 *
 * @module
 */
export { portOf, type MessageTarget, type Port } from './port.js';
export { createRemoteClient } from './remote-client.js';
export { serveClient } from './serve.js';
