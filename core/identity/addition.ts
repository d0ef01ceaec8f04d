/**
 * How an entry joins a log, and a new device the devices of its account.
 *
 * @module
 */
import type { Capability, DeviceLog, Devices, LoggedDevice } from './device-log.js';
import { refusedEntry as invalid, type Addition, type Link } from './log-text.js';
import { sameBytes } from './same-bytes.js';

/** Devices of one origin each that an account can have; when one more is added, the one that was added first gives way. */
export const MAX_ORIGIN_DEVICES = 32;

/** @throws ComingError `invalid-log-entry` unless the entry is this account's next one */
export function requireLink(log: DeviceLog | undefined, account: Uint8Array, entry: Link): void {
  if (!sameBytes(entry.account, account)) throw invalid('it belongs to another account');
  if (entry.index !== (log?.entries.length ?? 0)) throw invalid('it has the wrong number');
  if (!sameBytes(entry.previous, log?.head)) throw invalid('it does not follow the entry before it');
}

/** @throws ComingError `invalid-log-entry` when its id or key is taken */
export function addDevice({ devices, former }: Devices, entry: Addition, capability: Capability): Devices {
  const { deviceId: id, identityKey, name, origin, relays, validFrom, index: since } = entry;
  if (devices.some((device) => device.id === id)) throw invalid('the device id is taken');
  // Not even after the device ended: who kept its key must not come back.
  if ([...devices, ...former].some((device) => sameBytes(device.identityKey, identityKey))) {
    throw invalid('the identity key is taken');
  }
  const device: LoggedDevice = { id, identityKey, name, origin, capability, relays, validFrom, since };
  // By their order in the log, not by the times that they claim: a device's clock can lie, the chain cannot.
  const scoped = devices.filter((other) => other.capability === 'origin');
  const isFull = capability === 'origin' && scoped.length >= MAX_ORIGIN_DEVICES;
  const ended = isFull ? scoped.slice(0, 1) : [];
  return {
    devices: [...devices.filter((other) => other !== ended[0]), device],
    former: [...former, ...ended],
  };
}
