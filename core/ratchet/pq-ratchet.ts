/**
 * Which key the post-quantum ratchet adds to a message: none yet.
 *
 * We send no ratchet message. Of a peer's we take the one that says the same, which is what a peer sends that could
 * run the ratchet but has not heard from us: version 1, epoch 1, index 0 (section 7.2).
 *
 * @module
 */
import { ComingError } from '../errors.js';

const NO_KEY = [1, 1, 0];

/**
 * The key of a received message.
 *
 * @param message field 5 of the SignalMessage
 * @throws ComingError `malformed-message` for a message that needs the ratchet
 */
export function receivePqKey(message: Uint8Array | undefined): Uint8Array | undefined {
  if (message === undefined || NO_KEY.every((byte, i) => message[i] === byte)) return undefined;
  throw new ComingError('malformed-message', 'needs a post-quantum ratchet');
}
