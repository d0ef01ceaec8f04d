/**
 * Export of everything on a device, and import. Loaded when it is first needed.
 *
 * @module
 */
export { openExport, type ExportContext } from './exporting.js';
export { openImport, resumeImport, type EndingImport, type ImportContext } from './importing.js';
