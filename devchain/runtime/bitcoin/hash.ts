/**
 * Bitcoin's hash: SHA-256, twice.
 *
 * @module
 */
import { ext_hashing_sha2_256_version_1 } from '../env';
import { Span, spanOf } from '../span';

export function sha256Twice(data: Span): usize {
  return ext_hashing_sha2_256_version_1(spanOf(ext_hashing_sha2_256_version_1(data), 32));
}
