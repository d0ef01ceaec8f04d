/**
 * A file that only grows: records, each on disk before it counts.
 *
 * A record is its length, a check of the length, its bytes, and a digest; check and digest cover what came before, so that
 * nothing can be missing, doubled or moved. What a process or a power cut left unfinished at the end never counted and is
 * dropped; anything else that does not fit is damage, and refused: to go on without a commit that counted could
 * use a key twice.
 *
 * File: 16 bytes of name and version, 16 random bytes; then per record `u32 length | check(4) | bytes | digest(16)`, integers
 * little-endian, check and digest the beginning of a SHA-256.
 *
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ComingError, type SeldomErrorCode } from '../errors.js';

const NAME = Buffer.from('coming-log v1\n\0\0');
const START = 32;
const HEAD = 8;
const DIGEST = 16;
const BLOCK = 1 << 20;

export class CommitLog {
  #broken = false;

  private constructor(
    private readonly path: string,
    private handle: FileHandle,
    private end: number,
    private digest: Buffer,
  ) {}

  /**
   * Opens a log, a new one if there is none, and hands every record to `take`, in order.
   *
   * @throws ComingError `damaged-database`, `newer-database`, `storage-unavailable`, `storage-full`
   */
  static async open(path: string, take: (record: Uint8Array) => Promise<void>): Promise<CommitLog> {
    return guard(async () => {
      await rm(newer(path), { force: true }); // of a rewriting that was not finished
      const handle = await openExisting(path);
      if (!handle) return CommitLog.#from(path, []);
      try {
        const scanned = await scan(handle, take);
        if (scanned.isTorn) {
          await handle.truncate(scanned.end);
          await handle.datasync();
        }
        return new CommitLog(path, handle, scanned.end, scanned.digest);
      } catch (error) {
        await handle.close();
        throw error;
      }
    });
  }

  /** Bytes on disk. */
  get size(): number {
    return this.end;
  }

  /**
   * Writes records behind all others. They are on disk when it resolves; when it rejects, none of them is.
   *
   * @throws ComingError `storage-full`; `storage-unavailable`, for good when nobody can say what is on disk
   */
  async append(records: readonly Uint8Array[]): Promise<void> {
    if (this.#broken)
      throw new ComingError('storage-unavailable', 'the log could not be written; open it again');
    const { bytes, digest } = framed(this.digest, records);
    try {
      await guard(() => writeAll(this.handle, bytes, this.end));
    } catch (error) {
      await this.handle.truncate(this.end).catch(() => (this.#broken = true));
      throw error;
    }
    // After a failed flush nobody knows what the disk has, and a second one may lie about it.
    await guard(() => this.handle.datasync()).catch((error: unknown) => {
      this.#broken = true;
      throw error;
    });
    this.end += bytes.length;
    this.digest = digest;
  }

  /** Puts a log of other records in the place of this one, in one step. Throws as {@link append}. */
  async rewrite(records: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    const { handle, end, digest } = await guard(() => CommitLog.#from(this.path, records));
    const former = this.handle;
    Object.assign(this, { handle, end, digest });
    this.#broken = false;
    await former.close();
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  static async #from(
    path: string,
    records: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<CommitLog> {
    const handle = await open(newer(path), 'wx+', 0o600).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
      await rm(newer(path));
      return open(newer(path), 'wx+', 0o600);
    });
    try {
      const header = Buffer.concat([NAME, randomBytes(START - NAME.length)]);
      await writeAll(handle, header, 0);
      let end = START;
      let digest = hash(header).subarray(0, DIGEST);
      for await (const record of records) {
        const written = framed(digest, [record]);
        await writeAll(handle, written.bytes, end);
        end += written.bytes.length;
        digest = written.digest;
      }
      await handle.sync();
      await rename(newer(path), path);
      await syncFolder(dirname(path));
      return new CommitLog(path, handle, end, digest);
    } catch (error) {
      await handle.close();
      await rm(newer(path), { force: true });
      throw error;
    }
  }
}

const newer = (path: string): string => `${path}.new`;

function hash(...parts: readonly Uint8Array[]): Buffer {
  const sha256 = createHash('sha256');
  for (const part of parts) sha256.update(part);
  return sha256.digest();
}

/** Records as they stand in a file behind what has this digest. */
function framed(before: Buffer, records: readonly Uint8Array[]): { bytes: Buffer; digest: Buffer } {
  let digest = before;
  const parts: Uint8Array[] = [];
  for (const record of records) {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(record.length);
    const check = hash(digest, length).subarray(0, 4);
    digest = hash(digest, length, record).subarray(0, DIGEST);
    parts.push(length, check, record, digest);
  }
  return { bytes: Buffer.concat(parts), digest };
}

interface Scanned {
  readonly end: number;
  readonly digest: Buffer;
  /** Something follows that never counted. */
  readonly isTorn: boolean;
}

async function scan(handle: FileHandle, take: (record: Uint8Array) => Promise<void>): Promise<Scanned> {
  const file = new Scanner(handle);
  const header = await file.peek(START);
  if (header.length < START || !header.subarray(0, 11).equals(NAME.subarray(0, 11))) throw damaged();
  if (!header.subarray(0, NAME.length).equals(NAME)) {
    throw new ComingError('newer-database', 'the log was written by a later version');
  }
  let digest = hash(header).subarray(0, DIGEST);
  file.skip(START);
  for (;;) {
    const torn: Scanned = { end: file.at, digest, isTorn: true };
    const head = Buffer.from(await file.peek(HEAD));
    if (head.length === 0) return { ...torn, isTorn: false };
    if (head.length < HEAD) return torn;
    const length = head.subarray(0, 4);
    if (!hash(digest, length).subarray(0, 4).equals(head.subarray(4))) {
      if (await file.isZeroFrom(0)) return torn;
      throw damaged();
    }
    const size = length.readUInt32LE();
    const whole = await file.peek(HEAD + size + DIGEST);
    if (whole.length < HEAD + size + DIGEST) return torn;
    const record = whole.subarray(HEAD, HEAD + size);
    const next = hash(digest, length, record).subarray(0, DIGEST);
    if (!next.equals(whole.subarray(HEAD + size))) {
      // The file had grown, but the power went before its last blocks were written.
      if (await file.isZeroFrom(HEAD + size)) return torn;
      throw damaged();
    }
    await take(record);
    digest = next;
    file.skip(HEAD + size + DIGEST);
  }
}

/** Reads a file from its beginning to its end, in blocks. */
class Scanner {
  at = 0;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(private readonly handle: FileHandle) {}

  /** The next bytes, fewer at the end of the file. */
  async peek(length: number): Promise<Buffer> {
    while (this.#buffer.length < length) {
      const wanted = Math.max(BLOCK, length - this.#buffer.length);
      const block = Buffer.alloc(wanted);
      const { bytesRead } = await this.handle.read(block, 0, wanted, this.at + this.#buffer.length);
      if (bytesRead === 0) break;
      this.#buffer = Buffer.concat([this.#buffer, block.subarray(0, bytesRead)]);
    }
    return this.#buffer.subarray(0, length);
  }

  skip(length: number): void {
    this.#buffer = this.#buffer.subarray(length);
    this.at += length;
  }

  /** Whether nothing but zeros follows from so many bytes ahead to the end of the file. */
  async isZeroFrom(ahead: number): Promise<boolean> {
    await this.peek(ahead);
    this.skip(ahead);
    for (;;) {
      const block = await this.peek(BLOCK);
      if (block.length === 0) return true;
      if (block.some((byte) => byte !== 0)) return false;
      this.skip(block.length);
    }
  }
}

async function openExisting(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/** A new name is on disk when its folder is. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // folders cannot be opened there
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function guard<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translated(error);
  }
}

/** What of the file system went wrong, as an error of ours. */
export function translated(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (error instanceof ComingError || !/^E[A-Z]+$/.test(code)) return error;
  return /^(ENOSPC|EDQUOT|EFBIG)$/.test(code)
    ? new ComingError('storage-full', 'the disk has no more room', { cause: error })
    : new ComingError('storage-unavailable', `the file system failed: ${code}`, { cause: error });
}

export function damaged(cause?: unknown): ComingError<SeldomErrorCode> {
  return new ComingError<SeldomErrorCode>('damaged-database', 'the log was changed or lost a part', {
    cause,
  });
}
