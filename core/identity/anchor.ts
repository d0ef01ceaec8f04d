/**
 * The anchor: the head of an account's device log in its registration on the chain, and what follows from it.
 *
 * ChainX keeps it as one of the identity pallet's additional fields, `("coming", head)`. The pallet
 * replaces a registration as a whole, so a new head is written into what is there. Here are the pure
 * parts; reading and writing the chain is its client's. Values are as that client decodes them:
 * `Data` by its variant's name, bytes as `0x…`.
 *
 * @module
 */
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { ComingError, type SeldomErrorCode } from '../errors.js';
import { compareLogs, headOf, type DeviceLog, type LoggedDevice } from './device-log.js';
import { sameBytes } from './same-bytes.js';

/** The pallet's `Data`: `None`, `Raw0` to `Raw32`, or a hash. */
export interface ChainData {
  readonly type: string;
  readonly value?: unknown;
}

/** The part of the pallet's `IdentityInfo` that is ours to change; every other field passes through as it is. */
export interface IdentityInfo {
  readonly additional: readonly (readonly [key: ChainData, value: ChainData])[];
}

/** How sure the client is of what the chain says. */
export type ProofLevel =
  /** Proven against a finalized header on which at least two independent endpoints agree. */
  | 'proven'
  /** One endpoint's word: it could forge header and proof together. */
  | 'asserted';

/** What the chain says of an account's device log. */
export interface Anchor {
  /** 32 bytes */
  readonly head: Uint8Array;
  readonly proof: ProofLevel;
}

/** What two people compared: the account by its safety number, and the log as it was then. */
export interface Comparison {
  readonly account: Uint8Array;
  readonly log: DeviceLog;
}

export interface Evidence {
  /** The log as it is served now; verified. */
  readonly log: DeviceLog;
  /** The log as it was accepted last. */
  readonly known?: DeviceLog | undefined;
  /** Undefined when the account has none or the chain cannot be reached. */
  readonly anchor?: Anchor | undefined;
  readonly compared?: Comparison | undefined;
}

export type ContactStatus =
  /** The log checks, nothing more. */
  | 'unverified'
  /** One endpoint says that the chain has this log. */
  | 'asserted'
  /** Every live device lies in what the chain has. */
  | 'chain-verified'
  /** The chain has this log, but not yet its latest devices. */
  | 'newer-than-anchor'
  /** Compared in person, and nothing but proper entries since. */
  | 'compared'
  /** Another account, or a log that forked, went back, or lacks what the chain has: nothing is sent until the user decides. */
  | 'changed';

export interface Verdict {
  readonly status: ContactStatus;
  /** Live devices whose key or capability came after the anchor; all of them when there is none. */
  readonly notAnchored: readonly LoggedDevice[];
}

/** The identity pallet's bound on additional fields. */
export const MAX_ADDITIONAL_FIELDS = 100;

const KEY = { type: 'Raw6', value: `0x${bytesToHex(utf8ToBytes('coming'))}` } as const;

/**
 * The head in a registration; undefined when it has none that counts: nobody can say which of two does, or what something
 * else stands for, but the account can write it anew.
 *
 * @throws ComingError `malformed-registration`: not what the pallet stores
 */
export function readAnchor(info: IdentityInfo): Uint8Array | undefined {
  const [field, ...more] = fieldsOf(info).filter(([key]) => isKey(key));
  if (!field || more.length > 0) return undefined;
  const [, { type, value }] = field;
  const isHead = type === 'Raw32' && typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value);
  return isHead ? hexToBytes(value.slice(2)) : undefined;
}

/**
 * A registration with another head and everything else as it was: what the next `setIdentity` has to say.
 *
 * @throws ComingError `malformed-registration`, also when no field is free
 */
export function withAnchor<Info extends IdentityInfo>(info: Info, head: Uint8Array): Info {
  if (head.length !== 32) throw new RangeError('a head has 32 bytes');
  const field = [KEY, { type: 'Raw32', value: `0x${bytesToHex(head)}` }] as const;
  const fields = fieldsOf(info);
  const at = fields.findIndex(([key]) => isKey(key));
  // Where it was; what others wrote keeps its order. A second one, which nobody should have written, goes.
  const others = fields.filter(([key], i) => i === at || !isKey(key));
  const additional = at < 0 ? [...others, field] : others.with(at, field);
  if (additional.length > MAX_ADDITIONAL_FIELDS) throw malformed();
  return { ...info, additional };
}

/**
 * What a contact can be shown as. A mismatch counts whoever says it: ask for the log anew before, it may only be late.
 */
export function contactStatus({ log, known, anchor, compared }: Evidence): Verdict {
  const anchored = anchor ? log.entries.findIndex(({ text }) => sameBytes(headOf(text), anchor.head)) : -1;
  const notAnchored = log.devices.filter(({ since }) => since > anchored);
  const verdict = (status: ContactStatus): Verdict => ({ status, notAnchored });
  const isContinued = (earlier: DeviceLog) => ['same', 'newer'].includes(compareLogs(earlier, log));
  if (known && !isContinued(known)) return verdict('changed');
  if (compared && (!sameBytes(compared.account, log.account) || !isContinued(compared.log))) {
    return verdict('changed');
  }
  if (anchor && anchored < 0) return verdict('changed');
  if (compared) return verdict('compared');
  if (!anchor) return verdict('unverified');
  if (anchor.proof === 'asserted') return verdict('asserted');
  return verdict(notAnchored.length > 0 ? 'newer-than-anchor' : 'chain-verified');
}

/** The fields of what the chain says; checked, for a client's decoding is not ours. */
function fieldsOf({ additional }: IdentityInfo): IdentityInfo['additional'] {
  const isData = (data: unknown) => typeof (data as ChainData | null)?.type === 'string';
  if (!Array.isArray(additional)) throw malformed();
  for (const field of additional as unknown[]) {
    if (!Array.isArray(field) || field.length !== 2 || !field.every(isData)) throw malformed();
  }
  return additional as IdentityInfo['additional'];
}

function isKey({ type, value }: ChainData): boolean {
  return type === KEY.type && value === KEY.value;
}

function malformed(): ComingError<SeldomErrorCode> {
  return new ComingError<SeldomErrorCode>('malformed-registration', 'not an identity that can hold a head');
}
