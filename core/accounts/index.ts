/**
 * What a person does with their own account and with the people they know. Loaded when it is first needed.
 *
 * @module
 */
export { KnownContact } from './contact.js';
export { resolveDid } from './documents.js';
export { joinLink, offerLink, type PendingLink } from './linking.js';
export { OwnIdentity } from './own-identity.js';
export { restoreGuest } from './restoring.js';
