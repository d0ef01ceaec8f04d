/**
 * Safety numbers: what two people compare to know that nobody is between them (section 10).
 *
 * @module
 */
import { equalBytes } from '@noble/ciphers/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import { BYTES, readFields, VARINT, writeFields } from './wire-fields.js';

/** One of the two people. */
export interface Party {
  /** The bytes of a ServiceId: 16 for an account. */
  readonly identifier: Uint8Array;
  /** 33 bytes. */
  readonly identityKey: Uint8Array;
}

/** How many hashes make a fingerprint dear to forge. */
const ITERATIONS = 5200;
const MAX_ITERATIONS = 1_000_000;
const FINGERPRINT_VERSION = Uint8Array.of(0, 0);
const SCANNABLE_LENGTH = 32;

/** @throws RangeError for fewer than 2 or more than 1,000,000 iterations */
function fingerprint({ identifier, identityKey }: Party, iterations: number): Uint8Array {
  if (!(iterations >= 2 && iterations <= MAX_ITERATIONS)) throw new RangeError('iterations out of range');
  let hash = sha512(concatBytes(FINGERPRINT_VERSION, identityKey, identifier, identityKey));
  for (let i = 1; i < iterations; i++) hash = sha512(concatBytes(hash, identityKey));
  return hash;
}

/** The 30 digits of one side. */
function digits(hash: Uint8Array): string {
  const groups = Array.from({ length: 6 }, (_, group) => {
    const number = hash.subarray(group * 5, group * 5 + 5).reduce((sum, byte) => sum * 256 + byte, 0);
    return (number % 100_000).toString().padStart(5, '0');
  });
  return groups.join('');
}

/** The 60 digits that both people see, in the same order on both sides. */
export function safetyNumber(local: Party, remote: Party, iterations = ITERATIONS): string {
  return [local, remote]
    .map((party) => digits(fingerprint(party, iterations)))
    .sort()
    .join('');
}

/** The same as {@link safetyNumber} for a camera. `version` is 1 for phone numbers as identifiers, 2 for ServiceIds. */
export function scannableFingerprint(
  local: Party,
  remote: Party,
  version = 2,
  iterations = ITERATIONS,
): Uint8Array {
  const part = (party: Party) =>
    writeFields([[1, fingerprint(party, iterations).subarray(0, SCANNABLE_LENGTH)]]);
  return writeFields([
    [1, version],
    [2, part(local)],
    [3, part(remote)],
  ]);
}

/**
 * Compares what was scanned with one's own scannable fingerprint.
 *
 * @returns `other-version` when the two cannot be compared
 * @throws ComingError `malformed-message` for something else than a fingerprint
 */
export function compareScannable(
  own: Uint8Array,
  scanned: Uint8Array,
): 'equal' | 'different' | 'other-version' {
  const ours = parse(own);
  const theirs = parse(scanned);
  if (ours.version !== theirs.version) return 'other-version';
  const same = equalBytes(ours.local, theirs.remote) && equalBytes(ours.remote, theirs.local);
  return same ? 'equal' : 'different';
}

function parse(bytes: Uint8Array): { version: number; local: Uint8Array; remote: Uint8Array } {
  const { 1: version, 2: local, 3: remote } = readFields(bytes, { 1: VARINT, 2: BYTES, 3: BYTES } as const);
  return { version: version ?? fail(), local: content(local), remote: content(remote) };
}

function content(part: Uint8Array | undefined): Uint8Array {
  const { 1: hash } = readFields(part ?? fail(), { 1: BYTES } as const);
  return hash?.length === SCANNABLE_LENGTH ? hash : fail();
}

function fail(): never {
  throw new ComingError('malformed-message', 'not a safety number');
}
