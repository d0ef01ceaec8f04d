/**
 * Gets a signature from a key of the kit's, from one at hand, or from a wallet.
 *
 * @module
 */
import { ComingError } from '../../errors.js';
import { decodeAddress, signAsGuest, verifyBytes, type SignatureScheme } from '../../identity/index.js';
import type { KeyPayer, Payer, WalletPayer } from '../chain.js';
import { signedExtrinsic, signingPayload, walletPayload, type Unsigned } from './extrinsic.js';
import { fromHex } from './hex.js';

/** The numbers that wallets put before a signature. */
const SCHEME_NUMBERS: Readonly<Record<SignatureScheme, number>> = { ed25519: 0, sr25519: 1, ecdsa: 2 };

export function schemeOf(payer: Payer): SignatureScheme {
  return 'seed' in payer ? 'ed25519' : payer.scheme;
}

export function accountOf(payer: Payer): Uint8Array {
  return 'address' in payer ? decodeAddress(payer.address).account : payer.account;
}

/**
 * Signs, and puts the extrinsic together from what was handed in: nothing that a wallet says about the
 * payload is taken over, and what it signed must be just that.
 *
 * @throws ComingError `wallet-refused`, `wallet-signed-other`, or what the wallet's adapter throws
 */
export async function sign(unsigned: Unsigned, payer: Payer): Promise<Uint8Array> {
  const scheme = schemeOf(payer);
  const bytes = signingPayload(unsigned);
  if ('seed' in payer) return signedExtrinsic(unsigned, scheme, await signAsGuest(payer, bytes));
  const signature = await askedFor(unsigned, bytes, payer);
  // A node would refuse it too, but only after it was stored, and with no word about who changed what.
  if (!(await verifyBytes(unsigned.sender, scheme, bytes, signature))) {
    throw new ComingError('wallet-signed-other', 'what was signed is not what was asked for');
  }
  return signedExtrinsic(unsigned, scheme, signature);
}

async function askedFor(
  unsigned: Unsigned,
  bytes: Uint8Array,
  payer: KeyPayer | WalletPayer,
): Promise<Uint8Array> {
  try {
    if ('sign' in payer) return await payer.sign(Uint8Array.from(bytes));
    const { signature } = await payer.signPayload(walletPayload(unsigned, payer.address));
    return readSignature(signature, payer.scheme);
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
