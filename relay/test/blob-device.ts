/**
 * A device that may put one blob, and where.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { RelayOptions } from '../src/server.js';
import { Device } from './device.js';
import { folder, running } from './running.js';

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

export async function granted(content: Buffer, options: Partial<RelayOptions> = {}) {
  const data = options.data ?? folder();
  const relay = await running({ ...options, data });
  const device = await Device.online(relay.url);
  const hash = sha256(content);
  const { blobGrant } = await device.wire.ask({ grantBlob: { hash, size: BigInt(content.length) } });
  const url = `${relay.url.replace('ws:', 'http:')}/blobs/${hash.toString('hex')}`;
  const headers = { authorization: `Grant ${blobGrant?.grant}` };
  return { data, relay, device, hash, url, headers };
}
