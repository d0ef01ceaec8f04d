/**
 * The bus: what the relays of one domain tell each other about a device.
 *
 * It carries hints and keeps nothing. The mailbox is the truth: it is read when a device comes, when the bus
 * comes back, and on every keepalive, so losing the bus costs time and never a message.
 *
 * @module
 */
import type { DeviceRef, KeyCounts, StoredEnvelope } from './store/store.js';

export type Notice =
  /** Something may be new in its mailbox. */
  | { readonly kind: 'wake' }
  /** An envelope that nobody keeps. */
  | { readonly kind: 'once'; readonly envelope: StoredEnvelope }
  /** Somebody took keys of it. */
  | { readonly kind: 'keys'; readonly left: KeyCounts }
  /** The log of its own account has a new entry. */
  | { readonly kind: 'devices' }
  /** Its log no longer holds it. */
  | { readonly kind: 'ended' }
  /** It has connected; whatever connection is older gives way. */
  | { readonly kind: 'entered' };

export type Listener = (notice: Notice) => void;

/** The way to the other relays; what happens within this one does not go over it. */
export interface Bus {
  /** Tells the other relays; nobody waits for it, and it may be lost. */
  publish(device: DeviceRef, notice: Notice): void;
  /** Resolves when the device hears, or when it is clear that it does not until the next gap. */
  subscribe(device: DeviceRef, listener: Listener): Promise<void>;
  unsubscribe(device: DeviceRef): void;
  /** Calls back when notices may have been lost. */
  onGap(listener: () => void): void;
  /** Resolves when it can be used. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** The bus of a relay that is alone. */
export const noBus: Bus = {
  publish: () => {},
  subscribe: () => Promise.resolve(),
  unsubscribe: () => {},
  onGap: () => {},
  check: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
