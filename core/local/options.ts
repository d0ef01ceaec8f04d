/**
 * What a client is made from, checked before anything is loaded.
 *
 * @module
 */

/** @throws RangeError when `relay` is not a WebSocket address, or `profile` not a short name */
export function checkOptions({ relay, profile }: { relay: unknown; profile: string }): void {
  if (!/^[\w.-]{1,64}$/.test(profile)) throw new RangeError('a profile is a short name');
  if (typeof relay === 'string' && !(/^wss?:\/\/[^?#@\s]+$/.test(relay) && URL.canParse(relay))) {
    throw new RangeError('a relay is a ws: or wss: address without credentials, query or fragment');
  }
}
