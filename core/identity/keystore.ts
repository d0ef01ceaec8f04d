/**
 * An account in a file, encrypted with a passphrase: the JSON that polkadot{.js} exports and imports, version 3.
 *
 * scrypt makes a key of the passphrase, XSalsa20-Poly1305 encrypts a PKCS#8-like body with it. Only
 * ed25519, which is what the kit makes. The costs that a file names are accepted only from
 * polkadot{.js}' own short list, so that a hostile file cannot ask for more than 128 MiB and some seconds.
 *
 * @module
 */
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { scryptAsync } from '@noble/hashes/scrypt.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';
import { ComingError, type SeldomErrorCode } from '../errors.js';
import { guestAccount, type GuestAccount } from './account.js';
import { sameBytes } from './same-bytes.js';
import { decodeAddress, encodeAddress } from './ss58.js';

export const MIN_PASSPHRASE_LENGTH = 8;

/** What else is written into the file, for people and wallets to see. */
export interface KeystoreMeta {
  readonly name: string;
  /** ms since 1970 */
  readonly whenCreated: number;
}

/** Version, content and type of an encoding. */
const ENCODING = '["3",["pkcs8","ed25519"],["scrypt","xsalsa20-poly1305"]]';

// salt | N, p, r | nonce | tag and ciphertext
const SALT_LENGTH = 32;
const COSTS_END = SALT_LENGTH + 12;
const NONCE_END = COSTS_END + 24;
// header | seed and public key | divider | public key
const HEADER = Uint8Array.of(48, 83, 2, 1, 1, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32);
const DIVIDER = Uint8Array.of(161, 35, 3, 33, 0);
const BODY_LENGTH = HEADER.length + 64 + DIVIDER.length + 32;

/** N, p and r: those that polkadot{.js} accepts; the last is what it writes. */
const COSTS = [
  [2 ** 13, 10, 8],
  [2 ** 14, 5, 8],
  [2 ** 15, 3, 8],
  [2 ** 15, 1, 8],
  [2 ** 16, 2, 8],
  [2 ** 17, 1, 8],
] as const;
type Costs = (typeof COSTS)[number];

/**
 * Writes an account's file.
 *
 * @param random - 56 random bytes
 * @throws ComingError `weak-passphrase`
 */
export async function writeKeystore(
  { seed, account }: GuestAccount,
  passphrase: string,
  meta: KeystoreMeta,
  random: Uint8Array,
): Promise<string> {
  if (passphrase.length < MIN_PASSPHRASE_LENGTH) throw refused('weak-passphrase');
  if (random.length !== 56) throw new RangeError('salt and nonce have 56 bytes');
  const [salt, nonce] = [random.subarray(0, SALT_LENGTH), random.subarray(SALT_LENGTH)];
  const costs = COSTS.at(-1)!;
  const numbers = new DataView(new ArrayBuffer(12));
  costs.forEach((cost, i) => numbers.setUint32(4 * i, cost, true));
  const body = concatBytes(HEADER, seed, account, DIVIDER, account);
  const key = await keyOf(passphrase, salt, costs);
  const sealed = xsalsa20poly1305(key, nonce).encrypt(body);
  body.fill(0);
  key.fill(0);
  return JSON.stringify({
    encoded: base64.encode(concatBytes(salt, new Uint8Array(numbers.buffer), nonce, sealed)),
    encoding: { content: ['pkcs8', 'ed25519'], type: ['scrypt', 'xsalsa20-poly1305'], version: '3' },
    address: encodeAddress(account),
    meta,
  });
}

/**
 * Reads an account's file.
 *
 * @throws ComingError `malformed-keystore`, `unsupported-keystore`, `wrong-passphrase`
 */
export async function readKeystore(json: string, passphrase: string): Promise<GuestAccount> {
  const { encoded, address } = parse(json);
  const costs = costsOf(encoded.subarray(SALT_LENGTH, COSTS_END));
  const key = await keyOf(passphrase, encoded.subarray(0, SALT_LENGTH), costs);
  let body: Uint8Array;
  try {
    const cipher = xsalsa20poly1305(key, encoded.subarray(COSTS_END, NONCE_END));
    body = cipher.decrypt(encoded.subarray(NONCE_END));
  } catch {
    throw refused('wrong-passphrase');
  }
  key.fill(0);
  const seedEnd = HEADER.length + 32;
  const guest = await guestAccount(body.slice(HEADER.length, seedEnd));
  const expected = concatBytes(HEADER, guest.seed, guest.account, DIVIDER, guest.account);
  // Not only the frame: a public key that is not the seed's would make signatures that give the seed away.
  const isWhole = sameBytes(body, expected) && sameBytes(guest.account, address);
  body.fill(0);
  expected.fill(0);
  if (!isWhole) throw refused('malformed-keystore');
  return guest;
}

function parse(json: string): { encoded: Uint8Array; address: Uint8Array } {
  // A file of an account has some hundred characters; its `meta` is somebody else's.
  if (json.length > 16_384) throw refused('malformed-keystore');
  let file: Record<string, unknown>;
  let encoded: Uint8Array;
  let address: Uint8Array;
  let encoding: Record<string, unknown>;
  try {
    file = JSON.parse(json) as typeof file;
    encoding = file['encoding'] as typeof encoding;
    encoded = base64.decode(file['encoded'] as string);
    ({ account: address } = decodeAddress(file['address'] as string));
    if (!Array.isArray(encoding['content']) || !Array.isArray(encoding['type'])) throw new TypeError();
  } catch {
    throw refused('malformed-keystore');
  }
  const { version, content, type } = encoding;
  if (JSON.stringify([version, content, type]) !== ENCODING) throw refused('unsupported-keystore');
  if (encoded.length !== NONCE_END + 16 + BODY_LENGTH) throw refused('malformed-keystore');
  return { encoded, address };
}

function costsOf(bytes: Uint8Array): Costs {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const costs = COSTS.find((known) => known.every((cost, i) => view.getUint32(4 * i, true) === cost));
  if (!costs) throw refused('unsupported-keystore');
  return costs;
}

async function keyOf(passphrase: string, salt: Uint8Array, [N, p, r]: Costs): Promise<Uint8Array> {
  const key = await scryptAsync(utf8ToBytes(passphrase), salt, { N, p, r, dkLen: 64 });
  return key.subarray(0, 32);
}

function refused(code: SeldomErrorCode): ComingError<SeldomErrorCode> {
  return new ComingError<SeldomErrorCode>(code, 'an account file was refused');
}
