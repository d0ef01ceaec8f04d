/**
 * The version that every element class carries, so that two copies on one page can be told apart.
 *
 * @module
 */

/** Same as in package.json; a test compares them. */
export const VERSION = '0.1.0';
