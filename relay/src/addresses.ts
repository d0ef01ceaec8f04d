/**
 * Whom a connection counts for: the network address that it came from, never kept and never logged.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/**
 * The address that limits count for. With IPv6 it is the network of 64 bits, which is what one customer has.
 *
 * @param behindProxy - whether a proxy in front says in `X-Forwarded-For` who it speaks for. Without one
 *   that header is anybody's to write.
 */
export function addressOf(request: IncomingMessage, behindProxy: boolean): string {
  const forwarded = behindProxy ? request.headers['x-forwarded-for'] : undefined;
  // The last one is what the proxy itself saw; those before it are hearsay.
  const last = [forwarded].flat().join(',').split(',').at(-1)!.trim();
  return networkOf(last || request.socket.remoteAddress || '');
}

function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  // A URL writes an address in one way only, and shows where the zeros are.
  const host = new URL(`http://[${plain.split('%')[0]}]/`).hostname.slice(1, -1);
  const [head = '', tail] = host.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}
