import { encodeAddress } from '../../core/identity/index.js';

/** Coming IDs of so many accounts that nobody has. */
export function peers(count: number): string[] {
  return Array.from({ length: count }, (_, n) =>
    encodeAddress(Uint8Array.from({ length: 32 }, (__, at) => (at < 2 ? (n >> (8 * at)) & 0xff : 7))),
  );
}
