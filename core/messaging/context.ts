/**
 * What inbox, outbox and conversations share.
 *
 * @module
 */
import type { Directory } from '../directory/directory.js';
import { codeOf, type ErrorCode } from '../errors.js';
import type { AccountHex, Change, Database, DeviceRow, IdHex } from '../store/index.js';
import type { Carrier } from '../transport/index.js';
import type { KeyedLock } from '../keyed-lock.js';
import type { Received } from './content.js';
import type { Sessions } from './sessions.js';

export interface MessagingContext {
  readonly db: Database;
  /** This device. */
  readonly device: { readonly row: DeviceRow };
  readonly carrier: Carrier;
  readonly directory: Directory;
  readonly sessions: Sessions;
  /** Held, by peer, from reading to committing anything of that peer. */
  readonly lock: Pick<KeyedLock, 'run'>;
  /** ms since 1970 */
  now(): number;
  /** 16 random bytes, hexadecimal. */
  newId(): IdHex;
  /** Calls back once after so many ms; what it returns takes that back. */
  after(ms: number, work: () => void): () => void;
  /** Called after a commit that changed what a conversation shows. */
  changed(peer: AccountHex): void;
  /** Called after a content of a peer's was taken, with what was stored. */
  arrived(peer: AccountHex, content: Received, changes: readonly Change[]): void;
  /** Called after a peer's claim to have paid was stored, or stored anew. */
  claimed(peer: AccountHex, id: IdHex): void;
  /** Called with an error of the background work that nobody waits for. */
  failed(error: unknown): void;
}

// Faults that pass without anybody doing something about the message itself.
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'relay-unreachable',
  'rate-limited',
  'no-devices',
  'storage-unavailable',
  'storage-full',
  'not-owner',
  'not-loaded',
  'closed',
]);

/** Whether the same thing may succeed later. */
export function isPassing(error: unknown): boolean {
  return PASSING.has(codeOf(error));
}
