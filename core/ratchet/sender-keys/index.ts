/**
 * Sender keys: a message to a group is encrypted once, under a key that the sender gave to every member over their
 * sessions (section 8).
 *
 * Sans-IO like the sessions: a record is opaque bytes, kept per sender and distribution id; it goes in, and a new one
 * comes out. A call that fails changes nothing.
 *
 * @module
 */
import { cbc } from '@noble/ciphers/aes.js';
import { clean, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../../errors.js';
import { takeSeed } from '../message-chain.js';
import type { Primitives } from '../primitives.js';
import { hkdf } from '../sha256.js';
import { parseDistribution, parseSenderKeyMessage, writeDistribution, writeUnsigned } from './messages.js';
import { addState, readSenderKeys, writeSenderKeys, type SenderKeyState } from './record.js';

/** Type number of a message to a group. */
export const SENDER_KEY_MESSAGE = 7;

const GROUP = utf8ToBytes('WhisperGroup');
const EMPTY = new Uint8Array();

/**
 * What to give to members of a group, over their sessions, so that they can read one's next messages. Makes a sender
 * key when there is none; to make a new one, as must be done when somebody leaves, hand in no record.
 *
 * @param distributionId 16 bytes that name this key of this group
 */
export async function distributeSenderKey(
  p: Primitives,
  record: Uint8Array | undefined,
  distributionId: Uint8Array,
): Promise<{ record: Uint8Array; distribution: Uint8Array }> {
  const states = readSenderKeys(record);
  const state = states[0] ?? (await newState(p));
  const { chainId, chainKey, index: iteration, signingPublic: signingKey } = state;
  return {
    record: writeSenderKeys(states.length > 0 ? states : [state]),
    distribution: writeDistribution({ distributionId, chainId, iteration, chainKey, signingKey }),
  };
}

async function newState(p: Primitives): Promise<SenderKeyState> {
  const { publicKey, privateKey } = await p.generateKeyPair();
  return {
    chainId: new DataView(Uint8Array.from(p.randomBytes(4)).buffer).getUint32(0) >>> 1,
    signingPublic: publicKey,
    signingPrivate: privateKey,
    chainKey: p.randomBytes(32),
    index: 0,
    skipped: EMPTY,
  };
}

/**
 * The distribution id that a received distribution or message names, to find the record by.
 *
 * @throws ComingError `malformed-message`, `invalid-key`
 */
export function distributionIdOf(bytes: Uint8Array, kind: 'distribution' | 'message'): Uint8Array {
  return (kind === 'message' ? parseSenderKeyMessage(bytes) : parseDistribution(bytes)).distributionId;
}

/**
 * Takes in what a member gave. A key that is known already is not set back.
 *
 * @throws ComingError `malformed-message`, `invalid-key`
 */
export function receiveSenderKey(record: Uint8Array | undefined, distribution: Uint8Array): Uint8Array {
  const { chainId, iteration, chainKey, signingKey } = parseDistribution(distribution);
  const state: SenderKeyState = {
    chainId,
    chainKey,
    index: iteration,
    signingPublic: signingKey,
    signingPrivate: undefined,
    skipped: EMPTY,
  };
  return writeSenderKeys(addState(readSenderKeys(record), state));
}

/**
 * Encrypts for a group.
 *
 * @throws ComingError `no-session` without a sender key of one's own
 */
export async function encryptForGroup(
  p: Primitives,
  record: Uint8Array | undefined,
  distributionId: Uint8Array,
  plaintext: Uint8Array,
): Promise<{ record: Uint8Array; message: Uint8Array }> {
  const [state, ...older] = readSenderKeys(record);
  if (!state?.signingPrivate) throw new ComingError('no-session', 'no sender key to encrypt with');
  const { chain, seed } = takeSeed(state, state.index);
  const { key, iv } = groupKeys(seed);
  const ciphertext = cbc(key, iv).encrypt(plaintext);
  clean(key, iv);
  const { chainId, index: iteration } = state;
  const unsigned = writeUnsigned({ distributionId, chainId, iteration, ciphertext });
  const signature = await p.sign(state.signingPrivate, unsigned);
  const after = writeSenderKeys([chain, ...older]);
  clean(chain.chainKey);
  return { record: after, message: concatBytes(unsigned, signature) };
}

/**
 * Decrypts what a member sent to a group.
 *
 * @param record of this sender and the distribution id that the message names
 * @throws ComingError `malformed-message`, `no-session` without its sender key, `decryption-failed`,
 *   `duplicate-message`, `too-far-ahead`
 */
export async function decryptFromGroup(
  p: Primitives,
  record: Uint8Array | undefined,
  bytes: Uint8Array,
): Promise<{ record: Uint8Array; plaintext: Uint8Array }> {
  const message = parseSenderKeyMessage(bytes);
  const states = readSenderKeys(record);
  const place = states.findIndex(({ chainId }) => chainId === message.chainId);
  const state = states[place];
  if (state === undefined) throw new ComingError('no-session', 'no sender key to decrypt with');
  if (!(await p.verify(state.signingPublic, message.signed, message.signature))) {
    throw new ComingError('decryption-failed', 'not signed by the sender');
  }
  const { chain, seed } = takeSeed(state, message.iteration);
  const { key, iv } = groupKeys(seed);
  try {
    const plaintext = cbc(key, iv).decrypt(message.ciphertext);
    return { record: writeSenderKeys(states.with(place, chain)), plaintext };
  } catch {
    throw new ComingError('decryption-failed', 'wrong padding');
  } finally {
    clean(key, iv);
    // Unchanged, it belongs to the record that was handed in.
    if (chain.chainKey !== state.chainKey) clean(chain.chainKey);
  }
}

/** Erases the seed. */
function groupKeys(seed: Uint8Array): { key: Uint8Array; iv: Uint8Array } {
  const okm = hkdf(seed, undefined, GROUP, 48);
  clean(seed);
  return { iv: okm.subarray(0, 16), key: okm.subarray(16) };
}
