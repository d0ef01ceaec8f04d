/**
 * How a Coming ID is shown where it does not fit.
 *
 * @module
 */

/** `5Uabc…wxyz`: enough to recognise, never enough to verify. */
export function shortId(comingId: string): string {
  return comingId.length <= 12 ? comingId : `${comingId.slice(0, 5)}…${comingId.slice(-4)}`;
}
