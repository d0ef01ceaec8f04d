/**
 * Who somebody is: accounts, their texts and signatures, and the devices that act for them.
 *
 * @module
 */
export * from './account.js';
export * from './capability.js';
export * from './device-log.js';
export * from './log-changes.js';
export { isName, withoutUnprintable } from './log-text.js';
export * from './log-wire.js';
export * from './relay-auth.js';
export * from './service-id.js';
export * from './ss58.js';
