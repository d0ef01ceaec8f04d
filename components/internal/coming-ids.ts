/**
 * How a Coming ID looks, and how it is shown where it does not fit.
 *
 * @module
 */

/** As much as can be seen of one before the code that knows accounts is loaded. */
export const COMING_ID = /^5[1-9A-HJ-NP-Za-km-z]{46,48}$/;

/** `5Uabc…wxyz`: enough to recognise, never enough to verify. */
export function shortId(comingId: string): string {
  return comingId.length <= 12 ? comingId : `${comingId.slice(0, 5)}…${comingId.slice(-4)}`;
}
