/**
 * Which devices are connected: at most one socket for each, and a newer one displaces the older, on whichever
 * relay it is.
 *
 * @module
 */
import type { Bus, Notice } from './bus.js';
import type { DeviceRef, KeyCounts, StoredEnvelope } from './store/store.js';

/** A connected device, as the requests of others reach it. */
export interface Present {
  /** Something may be new in its mailbox. */
  wake(): void;
  /** Notices may have been lost: about its mailbox, or that its log holds it no longer. */
  catchUp(): void;
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

  constructor(private readonly bus: Bus) {
    bus.onGap(() => {
      for (const present of this.#present.values()) present.catchUp();
    });
  }

  get size(): number {
    return this.#present.size;
  }

  enter(device: DeviceRef, newer: Present): void {
    const older = this.#present.get(device);
    this.#present.set(device, newer);
    if (older) pass({ kind: 'entered' }, older);
    const heard = older ? undefined : this.bus.subscribe(device, (notice) => this.#hear(device, notice));
    // Nobody told it what happened since it was authenticated.
    void Promise.resolve(heard).then(() => this.#present.get(device)?.catchUp());
    this.bus.publish(device, { kind: 'entered' });
  }

  leave(device: DeviceRef, leaving: Present): void {
    if (this.#present.get(device) !== leaving) return;
    this.#present.delete(device);
    this.bus.unsubscribe(device);
  }

  /** Tells a device, wherever it is connected; nothing happens when it is not. */
  tell(device: DeviceRef, notice: Notice): void {
    this.#hear(device, notice);
    this.bus.publish(device, notice);
  }

  #hear(device: DeviceRef, notice: Notice): void {
    const present = this.#present.get(device);
    if (present) pass(notice, present);
  }
}

function pass(notice: Notice, present: Present): void {
  switch (notice.kind) {
    case 'wake':
      return present.wake();
    case 'once':
      return present.deliverOnce(notice.envelope);
    case 'keys':
      return present.keysTaken(notice.left);
    case 'devices':
      return present.devicesChanged();
    case 'ended':
      return present.close(4401, 'authenticate again');
    case 'entered':
      return present.close(4409, 'connected elsewhere');
  }
}
