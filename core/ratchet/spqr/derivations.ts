/**
 * Every key of the post-quantum ratchet that is derived from another, with its label (sections 7.3 and 7.4).
 *
 * @module
 */
import { clean, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { hkdf, hmac } from '../sha256.js';

const CHAIN = 'Signal PQ Ratchet V1 Chain ';
const START = utf8ToBytes(`${CHAIN} Start`);
const ADD_EPOCH = utf8ToBytes(`${CHAIN}Add Epoch`);
const NEXT = utf8ToBytes(`${CHAIN}Next`);
const KEM = 'Signal_PQCKA_V1_MLKEM768:';
const UPDATE = utf8ToBytes(`${KEM}Authenticator Update`);
const HEADER = utf8ToBytes(`${KEM}ekheader`);
const CIPHERTEXT = utf8ToBytes(`${KEM}ciphertext`);
const SECRET = utf8ToBytes(`${KEM}SCKA Key`);

function expand(
  salt: Uint8Array | undefined,
  key: Uint8Array,
  info: Uint8Array,
  parts: number,
): Uint8Array[] {
  const okm = hkdf(key, salt, info, 32 * parts);
  return Array.from({ length: parts }, (_, i) => okm.subarray(32 * i, 32 * i + 32));
}

/** 64 bits, big-endian. */
function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/** The chains of an epoch: of messages from the initiator, and of those to it. */
export interface EpochRoots {
  readonly nextRoot: Uint8Array;
  readonly fromInitiator: Uint8Array;
  readonly toInitiator: Uint8Array;
}

/** The chains of epoch 0. */
export function startRoots(authKey: Uint8Array): EpochRoots {
  const [nextRoot, fromInitiator, toInitiator] = expand(undefined, authKey, START, 3);
  return { nextRoot: nextRoot!, fromInitiator: fromInitiator!, toInitiator: toInitiator! };
}

/** The chains of the epoch that a secret makes. */
export function nextRoots(root: Uint8Array, secret: Uint8Array): EpochRoots {
  const [nextRoot, fromInitiator, toInitiator] = expand(root, secret, ADD_EPOCH, 3);
  return { nextRoot: nextRoot!, fromInitiator: fromInitiator!, toInitiator: toInitiator! };
}

/** The key of the place `index` of a chain, and the chain after it. */
export function stepChain(chain: Uint8Array, index: number): { chain: Uint8Array; key: Uint8Array } {
  const info = new Uint8Array(4 + NEXT.length);
  new DataView(info.buffer).setUint32(0, index);
  info.set(NEXT, 4);
  const okm = hkdf(chain, undefined, info, 64);
  return { chain: okm.subarray(0, 32), key: okm.subarray(32) };
}

/** What the two sides vouch with for the keys that they exchange. */
export interface Authenticator {
  readonly authRoot: Uint8Array;
  readonly authMac: Uint8Array;
}

export function startAuthenticator(authKey: Uint8Array): Authenticator {
  return updateAuthenticator(new Uint8Array(32), 1, authKey);
}

export function updateAuthenticator(root: Uint8Array, epoch: number, key: Uint8Array): Authenticator {
  const input = concatBytes(root, key);
  const [authRoot, authMac] = expand(undefined, input, concatBytes(UPDATE, u64(epoch)), 2);
  clean(input);
  return { authRoot: authRoot!, authMac: authMac! };
}

export function macOfHeader({ authMac }: Authenticator, epoch: number, header: Uint8Array): Uint8Array {
  return hmac(authMac, HEADER, u64(epoch), header);
}

export function macOfCiphertext(
  { authMac }: Authenticator,
  epoch: number,
  ciphertext: Uint8Array,
): Uint8Array {
  return hmac(authMac, CIPHERTEXT, u64(epoch), ciphertext);
}

/** The secret of an epoch out of the KEM's, which it erases. */
export function epochSecret(epoch: number, kemSecret: Uint8Array): Uint8Array {
  const [secret] = expand(undefined, kemSecret, concatBytes(SECRET, u64(epoch)), 1);
  clean(kemSecret);
  return secret!;
}
