/**
 * A stream of bytes under a passphrase: a header, then chunks of 64 KiB, each with AES-256-GCM.
 *
 * The STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár, "Online Authenticated-Encryption and its Nonce-Reuse
 * Misuse-Resistance", 2015; as in age): a chunk's nonce is its number and whether it is the last. So no chunk can be moved, left
 * out, repeated or taken from elsewhere, and the end cannot be cut off or added to. scrypt (RFC 7914) makes a key
 * of the passphrase, HKDF (RFC 5869) that of the chunks and one that checks the header: a wrong passphrase is told from a
 * damaged file. AES is the platform's own, which pages without TLS do not have.
 *
 * Header: `name(14) | version | log2 N | r | p | salt(32) | check(32)`, the check HMAC-SHA256 of what is before it.
 *
 * @module
 */
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { scryptAsync } from '@noble/hashes/scrypt.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { ComingError, type SeldomErrorCode } from '../errors.js';
import { sameBytes } from '../identity/same-bytes.js';

export const MIN_PASSPHRASE_LENGTH = 8;
/** Plaintext of every chunk but the last, which has at most as much, and something. */
export const CHUNK = 64 * 1024;

const NAME = utf8ToBytes('coming-export\n');
const VERSION = 1;
const SALT_AT = NAME.length + 4;
const CHECK_AT = SALT_AT + 32;
export const HEADER_LENGTH = CHECK_AT + 32;
const TAG = 16;

/** 128 MiB and about a second, as RFC 9106 and OWASP have it for scrypt at rest. */
const LOG_N = 17;
// What a file may ask of who reads it: at most 256 MiB.
const MIN_LOG_N = 10;
const MAX_LOG_N = 18;
const R = 8;
const P = 1;

/** Seals a stream from its beginning to its end. */
export class Sealer {
  #number = 0;
  #pending: Uint8Array[] = [];
  #length = 0;

  private constructor(
    readonly header: Uint8Array,
    private readonly key: CryptoKey,
  ) {}

  /**
   * @param salt - 32 random bytes
   * @throws ComingError `weak-passphrase`, `insecure-context`
   */
  static async of(passphrase: string, salt: Uint8Array, logN = LOG_N): Promise<Sealer> {
    if (passphrase.length < MIN_PASSPHRASE_LENGTH) throw refused('weak-passphrase');
    if (salt.length !== 32) throw new RangeError('a salt has 32 bytes');
    const open = concatBytes(NAME, Uint8Array.of(VERSION, logN, R, P), salt);
    const { key, check } = await keysOf(passphrase, open, logN);
    return new Sealer(concatBytes(open, check), key);
  }

  /** The chunks that are full with these bytes; the last one waits for {@link end}. */
  async add(bytes: Uint8Array): Promise<Uint8Array[]> {
    this.#pending.push(bytes);
    this.#length += bytes.length;
    if (this.#length <= CHUNK) return [];
    const all = concatBytes(...this.#pending);
    const chunks: Uint8Array[] = [];
    let at = 0;
    for (; all.length - at > CHUNK; at += CHUNK) {
      chunks.push(await this.#seal(all.subarray(at, at + CHUNK), false));
    }
    this.#pending = [all.slice(at)];
    this.#length = all.length - at;
    return chunks;
  }

  /** The last chunk. */
  end(): Promise<Uint8Array> {
    return this.#seal(concatBytes(...this.#pending), true);
  }

  async #seal(chunk: Uint8Array, isLast: boolean): Promise<Uint8Array> {
    const algorithm = algorithmOf(this.#number, isLast);
    this.#number += 1;
    return new Uint8Array(await crypto.subtle.encrypt(algorithm, this.key, chunk as Uint8Array<ArrayBuffer>));
  }
}

/** Opens a stream that arrives in pieces of any length. */
export class Opener {
  #key: CryptoKey | undefined;
  #number = 0;
  #buffer: Uint8Array = new Uint8Array();

  constructor(private readonly passphrase: string) {}

  /**
   * What these bytes complete.
   *
   * @throws ComingError `malformed-export`, `newer-export`, `wrong-passphrase`, `damaged-export`
   */
  async add(bytes: Uint8Array): Promise<Uint8Array[]> {
    let buffer = this.#buffer.length > 0 ? concatBytes(this.#buffer, bytes) : bytes;
    if (!this.#key) {
      checkName(buffer);
      if (buffer.length < HEADER_LENGTH) {
        this.#buffer = buffer.slice();
        return [];
      }
      this.#key = await readHeader(buffer.subarray(0, HEADER_LENGTH), this.passphrase);
      buffer = buffer.subarray(HEADER_LENGTH);
    }
    const chunks: Uint8Array[] = [];
    // More than a chunk: it is not the last.
    for (; buffer.length > CHUNK + TAG; buffer = buffer.subarray(CHUNK + TAG)) {
      chunks.push(await this.#open(this.#key, buffer.subarray(0, CHUNK + TAG), false));
    }
    this.#buffer = buffer.slice();
    return chunks;
  }

  /** The last chunk. Throws as {@link add}. */
  async end(): Promise<Uint8Array> {
    if (!this.#key) throw refused('malformed-export');
    return this.#open(this.#key, this.#buffer, true);
  }

  async #open(key: CryptoKey, chunk: Uint8Array, isLast: boolean): Promise<Uint8Array> {
    const algorithm = algorithmOf(this.#number, isLast);
    this.#number += 1;
    try {
      return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, chunk as Uint8Array<ArrayBuffer>));
    } catch {
      throw refused('damaged-export');
    }
  }
}

function checkName(bytes: Uint8Array): void {
  const length = Math.min(bytes.length, NAME.length);
  if (!sameBytes(bytes.subarray(0, length), NAME.subarray(0, length))) throw refused('malformed-export');
  const version = bytes[NAME.length];
  if (version === undefined || version === VERSION) return;
  throw refused(version > VERSION ? 'newer-export' : 'malformed-export');
}

async function readHeader(header: Uint8Array, passphrase: string): Promise<CryptoKey> {
  const [, logN = 0, r, p] = header.subarray(NAME.length);
  if (logN < MIN_LOG_N || logN > MAX_LOG_N || r !== R || p !== P) throw refused('malformed-export');
  const { key, check } = await keysOf(passphrase, header.subarray(0, CHECK_AT), logN);
  if (!sameBytes(check, header.subarray(CHECK_AT))) throw refused('wrong-passphrase');
  return key;
}

async function keysOf(
  passphrase: string,
  open: Uint8Array,
  logN: number,
): Promise<{ key: CryptoKey; check: Uint8Array }> {
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  if (!subtle) throw refused('insecure-context');
  const password = utf8ToBytes(passphrase.normalize('NFC'));
  const secret = await scryptAsync(password, open.subarray(SALT_AT), { N: 2 ** logN, r: R, p: P, dkLen: 32 });
  const keys = hkdf(sha256, secret, undefined, open, 64);
  const key = await subtle.importKey('raw', keys.slice(0, 32), 'AES-GCM', false, ['encrypt', 'decrypt']);
  return { key, check: hmac(sha256, keys.subarray(32), open) };
}

function algorithmOf(number: number, isLast: boolean): AesGcmParams {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setUint32(7, number);
  iv[11] = isLast ? 1 : 0;
  return { name: 'AES-GCM', iv };
}

export function refused(code: SeldomErrorCode): ComingError<SeldomErrorCode> {
  return new ComingError<SeldomErrorCode>(code, 'an export was refused');
}
