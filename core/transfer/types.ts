/**
 * Export and import as callers see them: handles that give and take bytes, so that a page, a worker or a port can be between.
 *
 * @module
 */
import type { Watchable } from '../transport/index.js';

export interface TransferProgress {
  readonly phase:
    | 'running' // bytes are read or written
    | 'applying' // an import was checked to its end, and is merged
    | 'done'
    | 'failed'; // or closed before its end
  /** Rows so far. */
  readonly done: number;
  /** Rows in all, as they were counted at the beginning; 0 while that is not known. */
  readonly total: number;
}

/** Everything of this device as an encrypted file, piece by piece. */
export interface Export {
  readonly snapshot: Watchable<TransferProgress>;
  /**
   * The next piece, about 64 KiB; undefined after the last one. What was read until then is no whole file.
   *
   * @throws `export-ended`, `storage-unavailable`
   */
  read(): Promise<Uint8Array | undefined>;
  /** Gives up what was not read yet. */
  close(): void;
}

export interface ImportResult {
  /** Coming ID of the account whose history it is. */
  readonly comingId: string;
  /** Messages that were not here before. */
  readonly added: number;
  /** Messages that were. */
  readonly known: number;
}

/**
 * Takes a file in, piece by piece. Until {@link Import.finish} has checked all of it nothing is changed, and whatever is wrong
 * with it ends the import: a new one begins at the beginning.
 */
export interface Import {
  readonly snapshot: Watchable<TransferProgress>;
  /**
   * @param bytes - the next of the file, any number
   * @throws `malformed-export`, `newer-export`, `wrong-passphrase`, `damaged-export`, `other-account-export`, `not-ready` (nobody
   *   is signed in, and the file has no secret to sign in with), `insecure-context`, `export-ended`, `storage-full`
   */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * The file is over: signs in with its secret where nobody is, and merges what it has.
   *
   * From the moment when it was checked to its end, a crash is no harm: the merging goes on at the next start.
   *
   * @throws as {@link write}; also `relay-unreachable`, where it has to sign in
   */
  finish(): Promise<ImportResult>;
  /** Gives up; nothing was changed. What the merging has begun it goes on with. */
  close(): void;
}
