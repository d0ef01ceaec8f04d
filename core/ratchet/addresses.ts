/**
 * Binds a message to the addresses of its sender and receiver (field 6 of a SignalMessage, section 3).
 *
 * @module
 */
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';

/** Where a session leads: a device of an account. */
export interface Address {
  /** A ServiceId as text, usually a lower-case UUID. */
  readonly name: string;
  /** 1..127. */
  readonly deviceId: number;
}

const SERVICE_ID = /^(PNI:)?([\da-fA-F]{8}(?:-[\da-fA-F]{4}){3}-[\da-fA-F]{12})$/;

/** The fixed-width form: a kind byte and 16 bytes; undefined for a name that is not a ServiceId. */
function serviceId(name: string): Uint8Array | undefined {
  const [, pni, uuid] = SERVICE_ID.exec(name) ?? [];
  if (uuid === undefined) return undefined;
  return concatBytes(Uint8Array.of(pni === undefined ? 0 : 1), hexToBytes(uuid.replaceAll('-', '')));
}

/** The 36 bytes that bind a message to both addresses; undefined unless both names are ServiceIds. */
export function bindAddresses(sender: Address, receiver: Address): Uint8Array | undefined {
  const from = serviceId(sender.name);
  const to = serviceId(receiver.name);
  if (from === undefined || to === undefined) return undefined;
  return concatBytes(from, Uint8Array.of(sender.deviceId), to, Uint8Array.of(receiver.deviceId));
}
