/**
 * Gets a signature from a key of the kit's or from a wallet.
 *
 * @module
 */
import { ComingError } from '../../errors.js';
import { decodeAddress, signAsGuest, type SignatureScheme } from '../../identity/index.js';
import type { Payer } from '../chain.js';
import { signedExtrinsic, signingPayload, walletPayload, type Unsigned } from './extrinsic.js';
import { fromHex } from './hex.js';

/** The numbers that wallets put before a signature. */
const SCHEME_NUMBERS: Readonly<Record<SignatureScheme, number>> = { ed25519: 0, sr25519: 1, ecdsa: 2 };

export function schemeOf(payer: Payer): SignatureScheme {
  return 'seed' in payer ? 'ed25519' : payer.scheme;
}

export function accountOf(payer: Payer): Uint8Array {
  return 'seed' in payer ? payer.account : decodeAddress(payer.address).account;
}

/**
 * Signs, and puts the extrinsic together from what was handed in: nothing that a wallet says about the
 * payload is taken over.
 *
 * @throws ComingError `wallet-refused`, or what the wallet's adapter throws
 */
export async function sign(unsigned: Unsigned, payer: Payer): Promise<Uint8Array> {
  const scheme = schemeOf(payer);
  if ('seed' in payer) {
    return signedExtrinsic(unsigned, scheme, signAsGuest(payer, signingPayload(unsigned)));
  }
  const payload = walletPayload(unsigned, payer.address);
  try {
    const { signature } = await payer.signPayload(payload);
    return signedExtrinsic(unsigned, scheme, readSignature(signature, scheme));
  } catch (cause) {
    if (cause instanceof ComingError) throw cause;
    throw new ComingError('wallet-refused', 'the wallet did not sign', { cause });
  }
}

function readSignature(hex: string, scheme: SignatureScheme): Uint8Array {
  const bytes = fromHex(hex);
  const length = scheme === 'ecdsa' ? 65 : 64;
  if (bytes.length === length) return bytes;
  if (bytes.length === length + 1 && bytes[0] === SCHEME_NUMBERS[scheme]) return bytes.subarray(1);
  throw new ComingError('wallet-refused', 'the wallet gave no signature of this account’s scheme');
}
