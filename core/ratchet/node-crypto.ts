/**
 * X25519 through Node's own cryptography: it answers at once, where the way to another thread and back costs WebCrypto
 * more than the agreement itself.
 *
 * @module
 */
import type { Jwk, Platform } from './agreement.js';

/** As much of `node:crypto` as is used here. */
interface NodeCrypto {
  createPrivateKey(key: { key: Jwk; format: 'jwk' }): NodeKey;
  createPublicKey(key: { key: Jwk; format: 'jwk' }): NodeKey;
  diffieHellman(keys: { privateKey: NodeKey; publicKey: NodeKey }): Uint8Array;
  generateKeyPair(
    type: 'x25519',
    options: object,
    done: (error: unknown, publicKey: NodeKey, privateKey: NodeKey) => void,
  ): void;
}

interface NodeKey {
  export(options: { format: 'jwk' }): { x: string; d: string };
}

/** Undefined where there is no such thing: in browsers, and in Node before 20.16. */
export function nodeX25519(): Platform<NodeKey> | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  // Not an import: bundlers would have to know what to do with it.
  const crypto = process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined;
  return (
    crypto && {
      generate: () =>
        new Promise((resolve, reject) => {
          crypto.generateKeyPair('x25519', {}, (error, _, handle) => {
            if (error) reject(error);
            else resolve({ handle, ...handle.export({ format: 'jwk' }) });
          });
        }),
      importPrivate: (key) => crypto.createPrivateKey({ key, format: 'jwk' }),
      importPublic: (key) => crypto.createPublicKey({ key, format: 'jwk' }),
      derive: (privateKey, publicKey) => Uint8Array.from(crypto.diffieHellman({ privateKey, publicKey })),
    }
  );
}
