/**
 * The strictest Content-Security-Policy that a page with the kit can have: what docs/security.md promises.
 *
 * @module
 */

/** @param servers the relay and the chain's node */
export function strictPolicy(...servers: string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    'img-src blob: data:',
    `connect-src ${servers.join(' ')}`,
    "worker-src 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html coming-kit 'allow-duplicates'",
  ].join('; ');
}
