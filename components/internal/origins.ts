/**
 * How the origin of a device is shown.
 *
 * @module
 */

/** Without `https://`, as people name a site. Any other as it is: over http, whoever is on the way is that site too. */
export function hostOf(origin: string): string {
  return origin.replace(/^https:\/\//, '');
}
