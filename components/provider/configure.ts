/**
 * The page default: the client for elements without a `client` of their own and without a provider.
 *
 * @module
 */
export { configure, type PageDefault } from '../internal/page-default.js';
