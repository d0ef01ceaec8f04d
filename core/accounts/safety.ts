/**
 * What two people compare: the safety number of their account keys, and a text for a camera with the states of their
 * lists of devices under it.
 *
 * The devices hang on the account, so the number stays the same when somebody adds one.
 *
 * @module
 */
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { ComingError, type SeldomErrorCode } from '../errors.js';
import { serviceIdOf } from '../identity/index.js';
import { safetyNumber, type Party } from '../ratchet/safety-number.js';
import type { AccountHex } from '../store/index.js';

/** What one side's camera reads from the other's screen. */
export interface SafetyCode {
  /** Who shows it. */
  readonly account: AccountHex;
  /** Who it is shown to. */
  readonly peer: AccountHex;
  /** Hexadecimal: the head of the shower's own list. */
  readonly head: string;
  /** Hexadecimal: the head of the other's list as the shower knows it; undefined when it knows none. */
  readonly peerHead: string | undefined;
}

// Upper case and digits only: the alphabet in which a QR code is smallest.
const PREFIX = 'COMING-SAFETY-1:';
const CODE = new RegExp(`^${PREFIX}([0-9A-F]{64}):([0-9A-F]{64}):([0-9A-F]{64}):([0-9A-F]{64}|-)$`);
/** In the place of the type that a Curve25519 key has in front. */
const ACCOUNT_KEY = Uint8Array.of(0);

/** 60 digits, the same on both sides. */
export function safetyNumberOf(own: AccountHex, peer: AccountHex): string {
  return safetyNumber(partyOf(own), partyOf(peer));
}

export function writeSafetyCode({ account, peer, head, peerHead }: SafetyCode): string {
  return PREFIX + [account, peer, head, peerHead ?? '-'].join(':').toUpperCase();
}

/** @throws ComingError `malformed-scan` */
export function readSafetyCode(text: string): SafetyCode {
  const [, account, peer, head, peerHead] = CODE.exec(text.trim())?.map((part) => part.toLowerCase()) ?? [];
  if (!account || !peer || !head || !peerHead) {
    throw new ComingError<SeldomErrorCode>('malformed-scan', 'not a safety code');
  }
  return { account, peer, head, peerHead: peerHead === '-' ? undefined : peerHead };
}

function partyOf(account: AccountHex): Party {
  const key = hexToBytes(account);
  return {
    identifier: hexToBytes(serviceIdOf(key).replaceAll('-', '')),
    identityKey: concatBytes(ACCOUNT_KEY, key),
  };
}

/** Whether a list has, or once had, this state. */
export function hasHead(heads: readonly Uint8Array[], head: string): boolean {
  return heads.some((one) => bytesToHex(one) === head);
}
