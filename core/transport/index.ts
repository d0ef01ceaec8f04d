/**
 * Ways to move envelopes between devices.
 *
 * @module
 */
export * from './backoff.js';
export * from './carrier.js';
export { createLoopback, LoopbackRelay } from './loopback.js';
export { RelayConnection, type RelayConnectionOptions } from './relay-connection.js';
export type { WebSocketConstructor, WebSocketLike } from './relay-socket.js';
