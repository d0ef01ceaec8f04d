/**
 * How the origin of a device is shown.
 *
 * @module
 */

/** Without the scheme, as people name a site; an app's origin as it is. */
export function hostOf(origin: string): string {
  return (URL.canParse(origin) && new URL(origin).host) || origin;
}
