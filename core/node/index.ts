/**
 * The client outside of browsers.
 *
 * @module
 */
export type * from '../client.js';
export { ComingError, codeOf, type ErrorCode } from '../errors.js';
export { createNodeClient, type NodeClientOptions } from './client.js';
export { exportToFile, importFromFile } from './files.js';
export { openFileDatabase, type CommitCodec, type FileDatabaseOptions } from './file-database.js';
