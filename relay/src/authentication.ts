/**
 * Log-in: a device proves the identity key that its account's device log names, for this host, this
 * connection's nonce and about now.
 *
 * @module
 */
import { verifyRelayAuth } from '../../core/identity/index.js';
import type { Limits } from './limits.js';
import type { DeviceRef, Store } from './store/store.js';

/** A device that has proved who it is. */
export interface LoggedIn {
  readonly ref: DeviceRef;
  readonly account: Uint8Array;
  readonly deviceId: number;
  readonly identityKey: Uint8Array;
}

/** What a device says of itself when it authenticates. */
export interface LogIn {
  readonly domain: string;
  readonly account: Uint8Array;
  readonly deviceId: number;
  readonly clientNonce: Uint8Array;
  /** ms since 1970 */
  readonly time: number;
  readonly signature: Uint8Array;
}

export interface Refusal {
  readonly status: 'REFUSED' | 'UNKNOWN_DEVICE';
  /** Which of the facts did not hold. */
  readonly refused: string;
}

/** Checks a log-in against the challenge of its connection. */
export async function checkLogIn(
  logIn: LogIn,
  { nonce, domain }: { readonly nonce: Uint8Array; readonly domain: string },
  now: number,
  { store, limits }: { readonly store: Store; readonly limits: Limits },
): Promise<LoggedIn | Refusal> {
  const { account, deviceId, clientNonce, time, signature } = logIn;
  if (logIn.domain !== domain) return { status: 'REFUSED', refused: 'domain' };
  if (Math.abs(now - time) > limits.clockSkew) return { status: 'REFUSED', refused: 'time' };
  const device = await store.findDevice(account, deviceId);
  if (!device) return { status: 'UNKNOWN_DEVICE', refused: 'device' };
  const auth = { domain, relayNonce: nonce, clientNonce, account, deviceId, time };
  if (!(await verifyRelayAuth(device.identityKey, auth, signature))) {
    return { status: 'REFUSED', refused: 'signature' };
  }
  // Of their own: what they were cut from is a whole frame.
  const identityKey = device.identityKey.slice();
  return { ref: device.ref, account: account.slice(), deviceId, identityKey };
}

/** Whether the log still holds a device that has logged in. */
export async function isLogged({ account, deviceId, identityKey }: LoggedIn, store: Store): Promise<boolean> {
  const device = await store.findDevice(account, deviceId);
  return device !== undefined && Buffer.compare(device.identityKey, identityKey) === 0;
}
