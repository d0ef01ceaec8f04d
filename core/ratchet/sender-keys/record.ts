/**
 * The sender keys of one sender in one group, and how they are stored (proto/groups.proto).
 *
 * Values are never changed in place.
 *
 * @module
 */
import { equalBytes } from '@noble/ciphers/utils.js';
import { ComingError } from '../../errors.js';
import { MAX_SENDER_KEY_STATES } from '../limits.js';
import type { MessageChain } from '../message-chain.js';
import { BYTES, eachField, readFields, VARINT, writeFields } from '../wire-fields.js';

const FORMAT = 1;
const STATE = { 1: VARINT, 2: BYTES, 3: BYTES, 4: BYTES, 5: VARINT, 6: BYTES } as const;

export interface SenderKeyState extends MessageChain {
  readonly chainId: number;
  /** 33 bytes. */
  readonly signingPublic: Uint8Array;
  /** Undefined for the key of somebody else. */
  readonly signingPrivate: Uint8Array | undefined;
}

/** Newest first. */
export type SenderKeyRecord = readonly SenderKeyState[];

/** @throws ComingError `newer-database`; `internal` for bytes that are no record */
export function readSenderKeys(bytes: Uint8Array | undefined): SenderKeyRecord {
  if (bytes === undefined) return [];
  const shape = { 1: VARINT, 2: BYTES } as const;
  const { 1: format } = stored(() => readFields(bytes, shape));
  if (format !== undefined && format > FORMAT) {
    throw new ComingError('newer-database', 'a sender key record of a later version');
  }
  if (format !== FORMAT) throw unreadable();
  const states: SenderKeyState[] = [];
  stored(() =>
    eachField(bytes, shape, (field, value) => {
      if (field === 2) states.push(readState(value as Uint8Array));
    }),
  );
  return states;
}

function readState(bytes: Uint8Array): SenderKeyState {
  const {
    1: chainId,
    2: signingPublic,
    3: signingPrivate,
    4: chainKey,
    5: index,
    6: skipped,
  } = readFields(bytes, STATE);
  if (chainId === undefined || !signingPublic || !chainKey || index === undefined || !skipped) {
    throw unreadable();
  }
  return { chainId, signingPublic, signingPrivate, chainKey, index, skipped };
}

export function writeSenderKeys(record: SenderKeyRecord): Uint8Array {
  const states = record.map((state) =>
    writeFields([
      [1, state.chainId],
      [2, state.signingPublic],
      [3, state.signingPrivate],
      [4, state.chainKey],
      [5, state.index],
      [6, state.skipped],
    ]),
  );
  return writeFields([[1, FORMAT], ...states.map((state) => [2, state] as const)]);
}

/**
 * Puts a state in front. One that is known (same chain, same signing key) keeps its place in the chain, so that
 * nothing can be read twice; one of the same chain with another signing key gives way.
 */
export function addState(record: SenderKeyRecord, state: SenderKeyState): SenderKeyRecord {
  const sameChain = record.filter(({ chainId }) => chainId === state.chainId);
  const known = sameChain.find(({ signingPublic }) => equalBytes(signingPublic, state.signingPublic));
  const others = record.filter((other) => !sameChain.includes(other));
  return [known ?? state, ...others].slice(0, MAX_SENDER_KEY_STATES);
}

function unreadable(): ComingError {
  return new ComingError('internal', 'a stored sender key is damaged');
}

/** Runs a reader of stored bytes; what is wrong with them is no message's fault. */
function stored<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw unreadable();
  }
}
