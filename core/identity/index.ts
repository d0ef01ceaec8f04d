/**
 * Who somebody is: accounts, their texts and signatures, and the devices that act for them.
 *
 * What a chat does not need when it starts stands in modules of its own beside this one, to be reached
 * by dynamic imports.
 *
 * @module
 */
export * from './account.js';
export { MAX_ORIGIN_DEVICES } from './addition.js';
export * from './capability.js';
export * from './device-log.js';
export { guestOfEntropy } from './entropy.js';
export { hasRoom, LOG_ENTRIES, RESERVED_LOG_ENTRIES } from './log-limits.js';
export { isName, isOrigin, VISIBLE, withoutUnprintable } from './log-text.js';
export * from './log-wire.js';
export * from './relay-auth.js';
export * from './service-id.js';
export * from './ss58.js';
