/**
 * The WebSocket of this Node: its own (22 and later), else that of the package `ws`.
 *
 * @module
 */
import { ComingError, type SeldomErrorCode } from '../errors.js';
import type { ChainSocketConstructor } from '../ledger/chain.js';
import type { WebSocketConstructor } from '../transport/index.js';

/** One that both a relay and a chain can be spoken to with. */
type AnyWebSocket = WebSocketConstructor & ChainSocketConstructor;

/** @throws ComingError `no-web-socket` */
export async function nodeWebSocket(): Promise<AnyWebSocket> {
  const own = (globalThis as { WebSocket?: AnyWebSocket }).WebSocket;
  if (own) return own;
  try {
    return (await import('ws')).WebSocket as unknown as AnyWebSocket;
  } catch (error) {
    throw new ComingError<SeldomErrorCode>(
      'no-web-socket',
      'This Node has no WebSocket. Use Node 22 or later, or install the package "ws" (npm install ws).',
      { cause: error },
    );
  }
}
