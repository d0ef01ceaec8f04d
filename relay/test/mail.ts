/**
 * Mail as a store takes it.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { Mail } from '../src/store/store.js';
import type { Device } from './device.js';

/** One envelope of a device to itself. */
export function mail(to: Device, receivedAt: number, content = randomBytes(10)): Mail {
  return {
    receiver: to.account,
    head: to.log.head,
    senderAccount: to.account,
    senderDevice: to.id,
    receivedAt,
    envelopes: [{ id: randomBytes(16), deviceId: to.id, type: 2, content }],
  };
}
