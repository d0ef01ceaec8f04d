/**
 * What the demo's server asks of the local chain: which chain it is, and coins for whoever is new.
 *
 * Each request has a connection of its own: they are few, and the chain may be restarted at any time.
 */
import WebSocket from 'ws';

/** 0.05 XBTC, and 1 PCX that pays some thousand fees, in base units. */
const GIFT = { xbtc: '5000000', pcx: '100000000' };
const PATIENCE = 15_000;

export function localChain(url) {
  return {
    genesis: () => request(url, 'chain_getBlockHash', [0]),
    /** Resolves when the coins are in a block. */
    fund: (comingId) => request(url, 'dev_fund', [comingId, GIFT]),
  };
}

/** @throws Error with a sentence for people. */
function request(url, method, params) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { handshakeTimeout: PATIENCE });
    const timer = setTimeout(() => socket.terminate(), PATIENCE);
    socket.on('open', () => socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })));
    socket.on('message', (text) => {
      const { result, error } = JSON.parse(String(text));
      if (error) reject(new Error(`The local chain refuses: ${error.message}`));
      else resolve(result);
      socket.close();
    });
    socket.on('error', () => reject(new Error('The local chain is away')));
    socket.on('close', () => {
      clearTimeout(timer);
      reject(new Error('The local chain did not answer'));
    });
  });
}
