/**
 * What makes of one node's word something that is known; loaded when there are several nodes.
 *
 * @module
 */
export * from './agreement.js';
