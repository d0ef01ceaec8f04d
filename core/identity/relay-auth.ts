/**
 * How a device proves to a relay which device it is: its identity key signs one line per fact.
 *
 * The first line keeps this use of the key apart from its other one, signing pre-keys, which
 * begin with the bytes 5 and 8.
 *
 * @module
 */
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { platformPrimitives } from '../ratchet/index.js';

export interface RelayAuth {
  /** Host, and port unless it is the default, that the device connected to. */
  readonly domain: string;
  /** 32 bytes from the relay's challenge. */
  readonly relayNonce: Uint8Array;
  /** 32 random bytes. */
  readonly clientNonce: Uint8Array;
  /** 32 bytes */
  readonly account: Uint8Array;
  readonly deviceId: number;
  /** ms since 1970 */
  readonly time: number;
}

/** The bytes that the device's identity key signs. */
export function relayAuthText(auth: RelayAuth): Uint8Array {
  if (/\s/.test(auth.domain)) throw new RangeError('a domain holds no white space');
  return utf8ToBytes(
    [
      'coming-relay-auth-v1',
      auth.domain,
      bytesToHex(auth.relayNonce),
      bytesToHex(auth.clientNonce),
      bytesToHex(auth.account),
      auth.deviceId,
      auth.time,
    ].join('\n'),
  );
}

/** Signs with the device's identity key (XEdDSA, 64 bytes). */
export async function signRelayAuth(privateKey: Uint8Array, auth: RelayAuth): Promise<Uint8Array> {
  return (await platformPrimitives()).sign(privateKey, relayAuthText(auth));
}

/** Whether the device with this identity key signed. */
export async function verifyRelayAuth(
  identityKey: Uint8Array,
  auth: RelayAuth,
  signature: Uint8Array,
): Promise<boolean> {
  if (/\s/.test(auth.domain)) return false;
  return (await platformPrimitives()).verify(identityKey, relayAuthText(auth), signature);
}
