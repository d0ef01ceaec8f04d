/**
 * Sealed sender, version 1: a message for one device (section 9).
 *
 * @module
 */
import { ctr } from '@noble/ciphers/aes.js';
import { equalBytes } from '@noble/ciphers/utils.js';
import { clean, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../../errors.js';
import { parsePublicKey } from '../keys.js';
import type { KeyPair, Primitives } from '../primitives.js';
import { hkdf, hmac } from '../sha256.js';
import { BYTES, readFields, writeFields } from '../wire-fields.js';
import { parseContent, type ReceivedContent } from './content.js';

const VERSION_BYTE = 0x11;
const SALT = utf8ToBytes('UnidentifiedDelivery');
const MAC_LENGTH = 10;
const ENVELOPE = { 1: BYTES, 2: BYTES, 3: BYTES } as const;

interface Keys {
  readonly chain: Uint8Array;
  readonly cipher: Uint8Array;
  readonly mac: Uint8Array;
}

/** Erases the agreement. */
function derive(salt: Uint8Array, agreement: Uint8Array): Keys {
  const okm = hkdf(agreement, salt, new Uint8Array(), 96);
  clean(agreement);
  return { chain: okm.subarray(0, 32), cipher: okm.subarray(32, 64), mac: okm.subarray(64) };
}

function lock({ cipher, mac }: Keys, plaintext: Uint8Array): Uint8Array {
  const ciphertext = ctr(cipher, new Uint8Array(16)).encrypt(plaintext);
  return concatBytes(ciphertext, hmac(mac, ciphertext).subarray(0, MAC_LENGTH));
}

function unlock({ cipher, mac }: Keys, bytes: Uint8Array): Uint8Array {
  const ciphertext = bytes.subarray(0, -MAC_LENGTH);
  const expected = hmac(mac, ciphertext).subarray(0, MAC_LENGTH);
  if (bytes.length < MAC_LENGTH || !equalBytes(bytes.subarray(-MAC_LENGTH), expected)) {
    throw new ComingError('decryption-failed', 'wrong MAC of a sealed message');
  }
  return ctr(cipher, new Uint8Array(16)).decrypt(ciphertext);
}

/**
 * Seals a content for one device.
 *
 * @param content serialized
 * @throws ComingError `invalid-key`
 */
export async function sealSingle(
  p: Primitives,
  identity: KeyPair,
  recipientIdentity: Uint8Array,
  content: Uint8Array,
): Promise<Uint8Array> {
  const recipient = parsePublicKey(recipientIdentity);
  const ephemeral = await p.generateKeyPair();
  const first = derive(
    concatBytes(SALT, recipient, ephemeral.publicKey),
    await p.agree(ephemeral, recipient),
  );
  const encryptedStatic = lock(first, identity.publicKey);
  const second = derive(concatBytes(first.chain, encryptedStatic), await p.agree(identity, recipient));
  const envelope = writeFields([
    [1, ephemeral.publicKey],
    [2, encryptedStatic],
    [3, lock(second, content)],
  ]);
  clean(ephemeral.privateKey, ...Object.values(first), ...Object.values(second));
  return concatBytes(Uint8Array.of(VERSION_BYTE), envelope);
}

/**
 * Opens what stands behind the version byte.
 *
 * @throws ComingError `malformed-message`, `invalid-key`, `decryption-failed`
 */
export async function openSingle(
  p: Primitives,
  identity: KeyPair,
  body: Uint8Array,
): Promise<ReceivedContent> {
  const { 1: key, 2: encryptedStatic, 3: encryptedMessage } = readFields(body, ENVELOPE);
  if (!key || !encryptedStatic || !encryptedMessage) {
    throw new ComingError('malformed-message', 'not a sealed message');
  }
  const ephemeral = parsePublicKey(key);
  const first = derive(concatBytes(SALT, identity.publicKey, ephemeral), await p.agree(identity, ephemeral));
  const sender = parsePublicKey(unlock(first, encryptedStatic));
  const second = derive(concatBytes(first.chain, encryptedStatic), await p.agree(identity, sender));
  const content = parseContent(unlock(second, encryptedMessage));
  clean(...Object.values(first), ...Object.values(second));
  if (!equalBytes(content.sender.identityKey, sender)) {
    throw new ComingError('decryption-failed', "sealed with another key than the certificate's");
  }
  return content;
}
