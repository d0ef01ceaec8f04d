/**
 * Device-log entries as relays carry them.
 *
 * @module
 */
import type { relay } from '../../proto/gen/relay.js';
import { ComingError } from '../errors.js';
import type { SignatureScheme } from './account.js';
import type { SignedEntry } from './device-log.js';

// The numbers of relay.proto's SignatureScheme.
const SCHEMES: readonly (SignatureScheme | undefined)[] = [undefined, 'ed25519', 'sr25519', 'ecdsa'];

export function toWireEntry({ text, scheme, signature }: SignedEntry): relay.LogEntry.$Properties {
  return { text, scheme: SCHEMES.indexOf(scheme), signature };
}

/**
 * Reads an entry from the wire; whether it is true is for the device log to say.
 *
 * @throws ComingError `invalid-log-entry` when a field is missing or the scheme unknown
 */
export function fromWireEntry(entry: relay.LogEntry.$Properties): SignedEntry {
  const scheme = SCHEMES[entry.scheme ?? 0];
  if (!scheme || !entry.text || !entry.signature) {
    throw new ComingError('invalid-log-entry', 'a device-log entry is incomplete');
  }
  return { text: entry.text, scheme, signature: entry.signature };
}
