/**
 * The page default: the client for elements without a `client` of their own and without a provider.
 *
 * @module
 */
export { configure, type PageDefault } from '../internal/page-default.js';
export type { LocalChain } from '../internal/local-client.js';
