/**
 * Payers whose key is at hand. The kit's guests have ed25519 keys; this is for accounts that wallets make.
 *
 * @module
 */
import { loaded } from '../lazy.js';
import type { KeyPayer } from './chain.js';

/**
 * Pays with an sr25519 key; what signs with it is loaded here.
 *
 * @param seed - The 32 bytes of a mini-secret, as `subkey` and wallets export it.
 */
export async function sr25519Payer(seed: Uint8Array): Promise<KeyPayer> {
  if (seed.length !== 32) throw new RangeError('a seed has 32 bytes');
  const sr25519 = await loaded(import('@scure/sr25519'));
  const secret = sr25519.secretFromSeed(seed);
  return {
    account: sr25519.getPublicKey(secret),
    scheme: 'sr25519',
    sign: (bytes) => sr25519.sign(secret, bytes),
  };
}
