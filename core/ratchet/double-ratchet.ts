/**
 * The Double Ratchet: one session encrypts and decrypts, and every message has a key of its own (section 5).
 *
 * @module
 */
import { cbc } from '@noble/ciphers/aes.js';
import { equalBytes } from '@noble/ciphers/utils.js';
import { clean } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import { deriveMessageKeys, messageSeed, nextChainKey, stepRoot } from './derivations.js';
import { MAX_RECEIVING_CHAINS } from './limits.js';
import { takeSeed } from './message-chain.js';
import type { KeyPair, Primitives } from './primitives.js';
import type { ReceivingChain, Session } from './record.js';
import { spqrReceive, spqrSend, type Spqr } from './spqr/spqr.js';
import { macVerifies, writeSignalMessage, type SignalMessage } from './wire.js';

const EMPTY = new Uint8Array();

/**
 * Encrypts the next message of a session.
 *
 * @param addresses what to bind the message to, if anything
 * @returns the session after it and a serialized SignalMessage
 */
export function ratchetEncrypt(
  p: Pick<Primitives, 'randomBytes'>,
  session: Session,
  plaintext: Uint8Array,
  addresses: Uint8Array | undefined,
): { session: Session; bytes: Uint8Array } {
  const { ratchetKey, chainKey, index } = session.sending;
  const seed = messageSeed(chainKey);
  const pq = spqrSend(session.pqRatchet, p.randomBytes);
  const { cipherKey, macKey, iv } = deriveMessageKeys(seed, pq.key);
  const bytes = writeSignalMessage(
    {
      ratchetKey: ratchetKey.publicKey,
      counter: index,
      previousCounter: session.previousCounter,
      ciphertext: cbc(cipherKey, iv).encrypt(plaintext),
      pqRatchet: pq.message,
      addresses,
    },
    macKey,
    { sender: session.localIdentity, receiver: session.remoteIdentity },
  );
  clean(seed, pq.key, cipherKey, macKey, iv);
  const sending = { ratchetKey, chainKey: nextChainKey(chainKey), index: index + 1 };
  return { session: { ...session, sending, pqRatchet: pq.spqr }, bytes };
}

/**
 * Decrypts a message.
 *
 * @param addresses what the message must be bound to if it is bound to any
 * @returns the session after it; the session that was handed in is as it was
 * @throws ComingError `duplicate-message`, `too-far-ahead`, `decryption-failed`, `invalid-key`, `malformed-message`
 */
export async function ratchetDecrypt(
  p: Primitives,
  session: Session,
  message: SignalMessage,
  addresses: Uint8Array | undefined,
): Promise<{ session: Session; plaintext: Uint8Array }> {
  const known = session.receiving.findIndex((chain) => equalBytes(chain.ratchetPublic, message.ratchetKey));
  if (known >= 0) {
    const before = session.receiving[known]!;
    const { chain, seed } = takeSeed(before, message.counter);
    const made = chain.chainKey === before.chainKey ? [] : [chain.chainKey];
    const { plaintext, pqRatchet } = open(session, message, seed, addresses, made);
    const receiving = session.receiving.with(known, chain);
    return { session: { ...session, receiving, pending: undefined, pqRatchet }, plaintext };
  }
  // What answers the new key is made at the same time: on most platforms that is another thread's work.
  const [agreement, answer] = await Promise.all([
    p.agree(session.sending.ratchetKey, message.ratchetKey),
    makeAnswer(p, message.ratchetKey),
  ]);
  const received = stepRoot(session.rootKey, agreement);
  const made = [answer.ratchetKey.privateKey, answer.agreement, received.rootKey];
  const fresh = { ratchetPublic: message.ratchetKey, chainKey: received.chainKey, index: 0, skipped: EMPTY };
  const { chain, seed } = takeSeed(fresh, message.counter);
  clean(received.chainKey);
  made.push(chain.chainKey);
  const { plaintext, pqRatchet } = open(session, message, seed, addresses, made);
  return { session: turn({ ...session, pqRatchet }, received.rootKey, chain, answer), plaintext };
}

/** A new ratchet key of ours, and its agreement with one of the other side. */
interface Answer {
  readonly ratchetKey: KeyPair;
  readonly agreement: Uint8Array;
}

async function makeAnswer(p: Primitives, ratchetPublic: Uint8Array): Promise<Answer> {
  const ratchetKey = await p.generateKeyPair();
  return { ratchetKey, agreement: await p.agree(ratchetKey, ratchetPublic) };
}

/** Answers a new ratchet key of the other side with a new one of ours. */
function turn(
  session: Session,
  rootKey: Uint8Array,
  chain: ReceivingChain,
  { ratchetKey, agreement }: Answer,
): Session {
  const sent = stepRoot(rootKey, agreement);
  clean(rootKey);
  return {
    ...session,
    rootKey: sent.rootKey,
    // The counter that was used last, not the count of messages: no receiver reads it.
    previousCounter: Math.max(0, session.sending.index - 1),
    sending: { ratchetKey, chainKey: sent.chainKey, index: 0 },
    receiving: [...session.receiving, chain].slice(-MAX_RECEIVING_CHAINS),
    pending: undefined,
  };
}

/**
 * Checks and decrypts a message with its seed, which it erases. Chains keep seeds instead of keys because a key also
 * depends on what the post-quantum ratchet says in its message.
 *
 * @param made secrets that were made for this message, erased when it fails
 */
function open(
  session: Session,
  message: SignalMessage,
  seed: Uint8Array,
  addresses: Uint8Array | undefined,
  made: readonly Uint8Array[],
): { plaintext: Uint8Array; pqRatchet: Spqr } {
  const secrets = [seed];
  try {
    const pq = spqrReceive(session.pqRatchet, message.pqRatchet);
    if (pq.key) secrets.push(pq.key);
    const { cipherKey, macKey, iv } = deriveMessageKeys(seed, pq.key);
    secrets.push(cipherKey, macKey, iv);
    const direction = { sender: session.remoteIdentity, receiver: session.localIdentity };
    if (!macVerifies(message, macKey, direction)) throw new ComingError('decryption-failed', 'wrong MAC');
    if (
      message.addresses !== undefined &&
      (addresses === undefined || !equalBytes(message.addresses, addresses))
    ) {
      throw new ComingError('decryption-failed', 'bound to other addresses');
    }
    return { plaintext: decryptBody(cipherKey, iv, message.ciphertext), pqRatchet: pq.advance() };
  } catch (error) {
    clean(...made);
    throw error;
  } finally {
    clean(...secrets);
  }
}

function decryptBody(cipherKey: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  try {
    return cbc(cipherKey, iv).decrypt(ciphertext);
  } catch {
    throw new ComingError('decryption-failed', 'wrong padding');
  }
}
