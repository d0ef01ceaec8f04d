/**
 * Which devices are connected: at most one socket for each, and a newer one displaces the older.
 *
 * @module
 */
import type { DeviceRef, KeyCounts, StoredEnvelope } from './store.js';

/** A connected device, as the requests of others reach it. */
export interface Present {
  /** Something may be new in its mailbox. */
  wake(): void;
  /** Takes an envelope that nobody keeps. */
  deliverOnce(envelope: StoredEnvelope): void;
  /** The log of its own account has a new entry. */
  devicesChanged(): void;
  /** Somebody took keys of it. */
  keysTaken(left: KeyCounts): void;
  close(code: number, reason: string): void;
}

export class Presence {
  // No larger than the number of sockets.
  readonly #present = new Map<DeviceRef, Present>();

  enter(device: DeviceRef, newer: Present): void {
    const older = this.#present.get(device);
    this.#present.set(device, newer);
    older?.close(4409, 'connected elsewhere');
  }

  leave(device: DeviceRef, leaving: Present): void {
    if (this.#present.get(device) === leaving) this.#present.delete(device);
  }

  find(device: DeviceRef): Present | undefined {
    return this.#present.get(device);
  }
}
