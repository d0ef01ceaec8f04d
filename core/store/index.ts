/**
 * What a device keeps, and the two places it can be kept in.
 *
 * @module
 */
export * from './database.js';
export { deleteIndexedDatabase, openIndexedDatabase, type OpeningEvents } from './indexeddb.js';
export { Lease } from './lease.js';
export { MemoryDatabase, MemoryStorage } from './memory.js';
export { Recency } from './recency.js';
export * from './records.js';
export { SealedDatabase } from './sealed.js';
