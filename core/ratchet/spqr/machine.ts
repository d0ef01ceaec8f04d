/**
 * Makes a fresh post-quantum secret with every epoch, a chunk per message: one side sends an encapsulation key, the
 * other encapsulates to it, and then they change places (section 7.7).
 *
 * Values are never changed in place.
 *
 * @module
 */
import { equalBytes } from '@noble/ciphers/utils.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../../errors.js';
import { assemble, chunkAt, INDEXES, keepChunk } from './chunks.js';
import {
  epochSecret,
  macOfCiphertext,
  macOfHeader,
  startAuthenticator,
  updateAuthenticator,
  type Authenticator,
} from './derivations.js';
import type { Chunk } from './erasure-field.js';
import { CT1, CT1_ACK, CT2, EK, EK_CT1_ACK, HEADER, NONE, type SpqrMessage } from './messages.js';
import {
  CT1_LENGTH,
  CT2_LENGTH,
  decapsulate,
  EK_VECTOR_LENGTH,
  ekVectorOf,
  encapsulateFirst,
  encapsulateRest,
  generateKey,
  HEADER_LENGTH,
  headerOf,
  isPromised,
} from './ml-kem.js';

// The eleven states. Whoever sends the encapsulation key goes through the first five, in this order …
export const KEYS_UNSAMPLED = 1;
export const KEYS_SAMPLED = 2;
export const HEADER_SENT = 3;
export const CT1_RECEIVED = 4;
export const EK_SENT_CT1_RECEIVED = 5;
// … and the other side through these, in this order but for the two ways from CT1_SAMPLED to CT2_SAMPLED.
export const NO_HEADER_RECEIVED = 6;
export const HEADER_RECEIVED = 7;
export const CT1_SAMPLED = 8;
export const EK_RECEIVED_CT1_SAMPLED = 9;
export const CT1_ACKNOWLEDGED = 10;
export const CT2_SAMPLED = 11;

const MAC_LENGTH = 32;
const EMPTY = new Uint8Array();

/** What a state may hold; empty in the others. */
interface Holdings {
  /** Being sent, in chunks, of which {@link next} is the index of the next. */
  readonly outgoing: Uint8Array;
  readonly next: number;
  /** Chunks of what is being received. */
  readonly incoming: Uint8Array;
  /** The own decapsulation key: 2 to 5. */
  readonly dk: Uint8Array;
  /** The other side's promise of its encapsulation key: 7, 8, 10. */
  readonly header: Uint8Array;
  /** The encapsulation key's vector: 9. */
  readonly ekVector: Uint8Array;
  /** What the second part of the ciphertext is made with: 8, 9, 10. */
  readonly rest: Uint8Array;
  /** The first part of the ciphertext: 4, 5; 8 to 10. */
  readonly ct1: Uint8Array;
}

export interface Machine extends Holdings, Authenticator {
  readonly state: number;
  /** Starts at 1. */
  readonly epoch: number;
}

const NOTHING: Holdings = {
  outgoing: EMPTY,
  next: 0,
  incoming: EMPTY,
  dk: EMPTY,
  header: EMPTY,
  ekVector: EMPTY,
  rest: EMPTY,
  ct1: EMPTY,
};

/** What a step makes. */
export interface Step {
  readonly machine: Machine;
  /** The secret of the machine's epoch before the step, when the step made it known. */
  readonly secret?: Uint8Array | undefined;
}

export interface SendStep extends Step {
  readonly type: number;
  readonly chunk?: Chunk;
}

/** The initiator is the first to send an encapsulation key. */
export function startMachine(authKey: Uint8Array, isInitiator: boolean): Machine {
  return {
    ...NOTHING,
    ...startAuthenticator(authKey),
    state: isInitiator ? KEYS_UNSAMPLED : NO_HEADER_RECEIVED,
    epoch: 1,
  };
}

/** The machine in another state, with what it keeps in that one only. */
function enter(machine: Machine, state: number, holdings: Partial<Holdings & Authenticator> = {}): Machine {
  const { epoch, authRoot, authMac } = machine;
  return { ...NOTHING, epoch, authRoot, authMac, state, ...holdings };
}

/** What to put into the next message. */
export function sendStep(machine: Machine, randomBytes: (length: number) => Uint8Array): SendStep {
  switch (machine.state) {
    case KEYS_UNSAMPLED: {
      const dk = generateKey(randomBytes(64));
      const header = headerOf(dk);
      const outgoing = concatBytes(header, macOfHeader(machine, machine.epoch, header));
      return sendChunk(enter(machine, KEYS_SAMPLED, { dk, outgoing }), HEADER);
    }
    case KEYS_SAMPLED:
      return sendChunk(machine, HEADER);
    case HEADER_SENT:
      return sendChunk(machine, EK);
    case CT1_RECEIVED:
      return sendChunk(machine, EK_CT1_ACK);
    case EK_SENT_CT1_RECEIVED:
      return { machine, type: CT1_ACK };
    case HEADER_RECEIVED: {
      const { header, authRoot, epoch } = machine;
      const { secret: kemSecret, ct1, rest } = encapsulateFirst(header, randomBytes(32));
      const secret = epochSecret(epoch, kemSecret);
      const auth = updateAuthenticator(authRoot, epoch, secret);
      const sampled = enter(machine, CT1_SAMPLED, { ...auth, header, rest, ct1, outgoing: ct1 });
      return { ...sendChunk(sampled, CT1), secret };
    }
    case CT1_SAMPLED:
    case EK_RECEIVED_CT1_SAMPLED:
      return sendChunk(machine, CT1);
    case CT2_SAMPLED:
      return sendChunk(machine, CT2);
    default:
      return { machine, type: NONE };
  }
}

function sendChunk(machine: Machine, type: number): SendStep {
  const { outgoing, next } = machine;
  return {
    machine: { ...machine, next: (next + 1) % INDEXES },
    type,
    chunk: chunkAt(outgoing, next),
  };
}

/**
 * Takes what a message brought, which must be authentic.
 *
 * @throws ComingError `decryption-failed` for what an honest sender would not send
 */
export function receiveStep(machine: Machine, { epoch, type, chunk }: SpqrMessage): Step {
  const { state } = machine;
  if (epoch > machine.epoch) {
    // The other side has decapsulated, and it is our turn to send a key.
    if (state !== CT2_SAMPLED || epoch !== machine.epoch + 1) throw dishonest();
    return { machine: enter({ ...machine, epoch }, KEYS_UNSAMPLED) };
  }
  if (epoch < machine.epoch) return { machine };
  const { outgoing, next, dk, ct1, header, rest, ekVector } = machine;
  switch (state) {
    case KEYS_SAMPLED: {
      if (type !== CT1) break;
      const incoming = keepChunk(EMPTY, chunk!);
      return { machine: enter(machine, HEADER_SENT, { dk, outgoing: ekVectorOf(dk), incoming }) };
    }
    case HEADER_SENT: {
      if (type !== CT1) break;
      const { incoming, whole } = take(machine, chunk!, CT1_LENGTH);
      if (whole === undefined) return { machine: { ...machine, incoming } };
      return { machine: enter(machine, CT1_RECEIVED, { dk, ct1: whole, outgoing, next }) };
    }
    case CT1_RECEIVED: {
      if (type !== CT2) break;
      const incoming = keepChunk(EMPTY, chunk!);
      return { machine: enter(machine, EK_SENT_CT1_RECEIVED, { dk, ct1, incoming }) };
    }
    case EK_SENT_CT1_RECEIVED: {
      if (type !== CT2) break;
      const { incoming, whole } = take(machine, chunk!, CT2_LENGTH + MAC_LENGTH);
      return whole === undefined ? { machine: { ...machine, incoming } } : completeEpoch(machine, whole);
    }
    case NO_HEADER_RECEIVED: {
      if (type !== HEADER) break;
      const { incoming, whole } = take(machine, chunk!, HEADER_LENGTH + MAC_LENGTH);
      if (whole === undefined) return { machine: { ...machine, incoming } };
      const received = whole.subarray(0, HEADER_LENGTH);
      requireMac(whole.subarray(HEADER_LENGTH), macOfHeader(machine, epoch, received));
      return { machine: enter(machine, HEADER_RECEIVED, { header: received }) };
    }
    case CT1_SAMPLED:
    case CT1_ACKNOWLEDGED: {
      if (type !== EK && type !== EK_CT1_ACK) break;
      const { incoming, whole } = take(machine, chunk!, EK_VECTOR_LENGTH);
      const isAcknowledged = type === EK_CT1_ACK || state === CT1_ACKNOWLEDGED;
      if (whole === undefined) {
        if (!isAcknowledged) return { machine: { ...machine, incoming } };
        return { machine: enter(machine, CT1_ACKNOWLEDGED, { header, rest, ct1, incoming }) };
      }
      if (!isPromised(header, whole)) throw dishonest();
      if (isAcknowledged) return { machine: encapsulated(machine, whole) };
      const holdings = { rest, ct1, outgoing, next, ekVector: whole };
      return { machine: enter(machine, EK_RECEIVED_CT1_SAMPLED, holdings) };
    }
    case EK_RECEIVED_CT1_SAMPLED:
      if (type === CT1_ACK || type === EK_CT1_ACK) return { machine: encapsulated(machine, ekVector) };
      break;
  }
  return { machine };
}

function take(
  { incoming }: Machine,
  chunk: Chunk,
  length: number,
): { incoming: Uint8Array; whole: Uint8Array | undefined } {
  const kept = keepChunk(incoming, chunk);
  return { incoming: kept, whole: assemble(kept, length) };
}

/** Starts to send the second part of the ciphertext. */
function encapsulated(machine: Machine, ekVector: Uint8Array): Machine {
  const { rest, ct1, epoch } = machine;
  const ct2 = encapsulateRest(rest, ekVector);
  const mac = macOfCiphertext(machine, epoch, concatBytes(ct1, ct2));
  return enter(machine, CT2_SAMPLED, { outgoing: concatBytes(ct2, mac) });
}

/** Decapsulates and waits for the other side's key. */
function completeEpoch(machine: Machine, received: Uint8Array): Step {
  const { dk, ct1, epoch, authRoot } = machine;
  const ciphertext = concatBytes(ct1, received.subarray(0, CT2_LENGTH));
  const secret = epochSecret(epoch, decapsulate(dk, ciphertext));
  const auth = updateAuthenticator(authRoot, epoch, secret);
  requireMac(received.subarray(CT2_LENGTH), macOfCiphertext(auth, epoch, ciphertext));
  return { machine: enter({ ...machine, epoch: epoch + 1 }, NO_HEADER_RECEIVED, auth), secret };
}

function requireMac(mac: Uint8Array, expected: Uint8Array): void {
  if (!equalBytes(mac, expected)) throw dishonest();
}

function dishonest(): ComingError {
  return new ComingError('decryption-failed', 'the post-quantum ratchet was not followed');
}
