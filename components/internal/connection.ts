/**
 * The state of the connection in words, and how its dot looks.
 *
 * @module
 */
import type { ConnectionState } from '../../core/client.js';
import type { Strings } from '../locales/en.js';

export function connectionWords(state: ConnectionState, words: Strings): string {
  switch (state) {
    case 'idle':
      return words.connectionIdle;
    case 'connecting':
      return words.connectionConnecting;
    case 'catching-up':
      return words.connectionCatchingUp;
    case 'online':
      return words.connectionOnline;
    case 'offline':
      return words.connectionOffline;
    case 'displaced':
      return words.connectionDisplaced;
  }
}

/** `good`, `bad`, or `waiting` for what passes by itself. */
export function connectionMood(state: ConnectionState): 'good' | 'bad' | 'waiting' {
  if (state === 'online' || state === 'catching-up') return 'good';
  return state === 'offline' || state === 'displaced' ? 'bad' : 'waiting';
}
