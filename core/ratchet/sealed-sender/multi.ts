/**
 * Sealed sender, version 2: a message that is encrypted once for many devices (section 9).
 *
 * @module
 */
import { gcmsiv } from '@noble/ciphers/aes.js';
import { equalBytes } from '@noble/ciphers/utils.js';
import { clean, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../../errors.js';
import { fromBytesLE, GROUP_ORDER, FIELD_PRIME, invert, mod, Point, toBytesLE } from '../ed25519.js';
import { clamped, parsePublicKey, withEcType } from '../keys.js';
import type { KeyPair, Primitives } from '../primitives.js';
import { hkdf } from '../sha256.js';
import { varint } from '../wire-fields.js';
import { uuidBytes } from './certificates.js';
import { parseContent, type ReceivedContent } from './content.js';

const SENT_VERSION_BYTE = 0x23;
const RECEIVED_VERSION_BYTE = 0x22;
const LABEL = 'Sealed Sender v2: ';
const LABEL_R = utf8ToBytes(`${LABEL}r (2023-08)`);
const LABEL_K = utf8ToBytes(`${LABEL}K`);
const LABEL_DH = utf8ToBytes(`${LABEL}DH`);
const LABEL_DH_SENDER = utf8ToBytes(`${LABEL}DH-sender`);
const NONCE = new Uint8Array(12);
/** C, AT and E. */
const KEY_LENGTH = 32;
const TAG_LENGTH = 16;
const MAX_REGISTRATION_ID = 0x3fff;
const MORE_DEVICES = 0x8000;

/** Devices of one account that have one identity key. */
export interface Recipient {
  /** A UUID as text, behind `PNI:` for the identity of a phone number. */
  readonly serviceId: string;
  /** 33 bytes. */
  readonly identityKey: Uint8Array;
  readonly devices: readonly { readonly deviceId: number; readonly registrationId: number }[];
}

function derive(input: Uint8Array, label: Uint8Array, length: number): Uint8Array {
  return hkdf(input, undefined, label, length);
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ b[i]!);
}

/** The key pair that a message makes: u = (1 + y) / (1 - y) of the point that the private key stands for. */
function ephemeralOf(message: Uint8Array): KeyPair {
  const privateKey = clamped(derive(message, LABEL_R, 32));
  const point = Point.BASE.multiply(mod(fromBytesLE(privateKey), GROUP_ORDER)).toBytes();
  point[31]! &= 0x7f;
  const y = fromBytesLE(point);
  const u = mod((1n + y) * invert(mod(1n - y), FIELD_PRIME));
  return { publicKey: withEcType(toBytesLE(u)), privateKey };
}

/** What hides the message from everybody but one recipient; hides it again, too. */
function mask(agreement: Uint8Array, ephemeral: Uint8Array, recipient: Uint8Array): Uint8Array {
  const masked = derive(concatBytes(agreement, ephemeral, recipient), LABEL_DH, KEY_LENGTH);
  clean(agreement);
  return masked;
}

/** What shows one recipient that the holder of the sender's key wrote the message. */
function tag(
  agreement: Uint8Array,
  ephemeral: Uint8Array,
  hidden: Uint8Array,
  sender: Uint8Array,
  recipient: Uint8Array,
): Uint8Array {
  const input = concatBytes(agreement, ephemeral, hidden, sender, recipient);
  clean(agreement);
  return derive(input, LABEL_DH_SENDER, TAG_LENGTH);
}

function serviceIdBytes(name: string): Uint8Array {
  const isPni = name.startsWith('PNI:');
  return concatBytes(Uint8Array.of(isPni ? 1 : 0), uuidBytes(isPni ? name.slice(4) : name));
}

/** All but the last with the bit that says that more follow. */
function deviceList(devices: Recipient['devices']): Uint8Array {
  if (devices.length === 0) throw malformed('a recipient without devices');
  return concatBytes(
    ...devices.map(({ deviceId, registrationId }, i) => {
      if (deviceId < 1 || deviceId > 127 || registrationId > MAX_REGISTRATION_ID) {
        throw malformed('a device or registration id out of range');
      }
      const id = registrationId | (i < devices.length - 1 ? MORE_DEVICES : 0);
      return Uint8Array.of(deviceId, id >> 8, id);
    }),
  );
}

/**
 * Seals a content for many devices; {@link splitSealed} makes of it what each of them receives.
 *
 * @param content serialized
 * @param excluded ServiceIds of members that get no copy, for the server to know
 * @throws ComingError `invalid-key`, `malformed-message` for recipients that cannot be written down
 */
export async function sealForMany(
  p: Primitives,
  identity: KeyPair,
  recipients: readonly Recipient[],
  content: Uint8Array,
  excluded: readonly string[] = [],
): Promise<Uint8Array> {
  const message = p.randomBytes(KEY_LENGTH);
  const ephemeral = ephemeralOf(message);
  const entries = await Promise.all(
    recipients.map(async ({ serviceId, identityKey, devices }) => {
      const recipient = parsePublicKey(identityKey);
      const hidden = xor(message, mask(await p.agree(ephemeral, recipient), ephemeral.publicKey, recipient));
      const shared = await p.agree(identity, recipient);
      const at = tag(shared, ephemeral.publicKey, hidden, identity.publicKey, recipient);
      return concatBytes(serviceIdBytes(serviceId), deviceList(devices), hidden, at);
    }),
  );
  const key = derive(message, LABEL_K, 32);
  const sealed = concatBytes(
    Uint8Array.of(SENT_VERSION_BYTE),
    varint(recipients.length + excluded.length),
    ...entries,
    ...excluded.map((serviceId) => concatBytes(serviceIdBytes(serviceId), Uint8Array.of(0))),
    ephemeral.publicKey.subarray(1),
    gcmsiv(key, NONCE).encrypt(content),
  );
  clean(message, key, ephemeral.privateKey);
  return sealed;
}

/** What the devices of one recipient receive of a message for many. */
export interface SplitMessage {
  /** 17 bytes: kind and UUID. */
  readonly serviceId: Uint8Array;
  readonly devices: readonly { readonly deviceId: number; readonly registrationId: number }[];
  /** Undefined for a member that gets no copy. */
  readonly received: Uint8Array | undefined;
}

/**
 * Splits a message for many; a server's work, which needs no key.
 *
 * @throws ComingError `malformed-message`
 */
export function splitSealed(sent: Uint8Array): SplitMessage[] {
  let at = 0;
  const take = (length: number): Uint8Array => {
    if (sent.length - at < length) throw malformed('cut short');
    at += length;
    return sent.subarray(at - length, at);
  };
  const byte = (): number => take(1)[0]!;
  if (byte() !== SENT_VERSION_BYTE) throw malformed('not a message for many');
  let count = 0;
  for (let place = 0; ; place++) {
    const bits = byte();
    count += (bits & 0x7f) * 2 ** (7 * place);
    if (bits < 0x80) break;
    if (place === 4) throw malformed('too many recipients');
  }
  const recipients: (Omit<SplitMessage, 'received'> & { keys: Uint8Array | undefined })[] = [];
  while (recipients.length < count) {
    const serviceId = take(17);
    const devices = [];
    for (let isMore = true; isMore;) {
      const deviceId = byte();
      if (deviceId === 0 && devices.length === 0) break;
      const [high, low] = take(2);
      const bits = (high! << 8) | low!;
      devices.push({ deviceId, registrationId: bits & MAX_REGISTRATION_ID });
      isMore = (bits & MORE_DEVICES) !== 0;
    }
    const keys = devices.length > 0 ? take(KEY_LENGTH + TAG_LENGTH) : undefined;
    recipients.push({ serviceId, devices, keys });
  }
  const rest = sent.subarray(at);
  if (rest.length < KEY_LENGTH + TAG_LENGTH) throw malformed('cut short');
  return recipients.map(({ keys, ...recipient }) => ({
    ...recipient,
    received: keys && concatBytes(Uint8Array.of(RECEIVED_VERSION_BYTE), keys, rest),
  }));
}

/**
 * Opens what stands behind the version byte.
 *
 * @throws ComingError `malformed-message`, `invalid-key`, `decryption-failed`
 */
export async function openMulti(
  p: Primitives,
  identity: KeyPair,
  body: Uint8Array,
): Promise<ReceivedContent> {
  const bodyStart = 2 * KEY_LENGTH + TAG_LENGTH;
  if (body.length < bodyStart + TAG_LENGTH) throw malformed('cut short');
  const hidden = body.subarray(0, KEY_LENGTH);
  const at = body.subarray(KEY_LENGTH, KEY_LENGTH + TAG_LENGTH);
  const ephemeral = withEcType(body.subarray(KEY_LENGTH + TAG_LENGTH, bodyStart));
  const own = identity.publicKey;
  const message = xor(hidden, mask(await p.agree(identity, ephemeral), ephemeral, own));
  const expected = ephemeralOf(message);
  if (!equalBytes(expected.publicKey, ephemeral)) throw failed('not for this device');
  const key = derive(message, LABEL_K, 32);
  const content = parseContent(decrypt(key, body.subarray(bodyStart)));
  clean(message, key, expected.privateKey);
  const { identityKey } = content.sender;
  const authentic = tag(await p.agree(identity, identityKey), ephemeral, hidden, identityKey, own);
  if (!equalBytes(at, authentic)) throw failed("sealed with another key than the certificate's");
  return content;
}

function decrypt(key: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  try {
    return gcmsiv(key, NONCE).decrypt(ciphertext);
  } catch {
    throw failed('wrong tag of a sealed message');
  }
}

function malformed(reason: string): ComingError {
  return new ComingError('malformed-message', reason);
}

function failed(reason: string): ComingError {
  return new ComingError('decryption-failed', reason);
}
