/**
 * The one error of a decrypted content that is none.
 *
 * @module
 */
import { ComingError } from '../errors.js';

/** @param part - What is wrong, as a developer would name it. */
export function malformed(part: string): ComingError {
  return new ComingError('malformed-content', `a decrypted content has a malformed ${part}`);
}
