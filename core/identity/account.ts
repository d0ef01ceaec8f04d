/**
 * Accounts and the signatures they give over texts that a person can read.
 *
 * An account is a 32-byte Substrate account id: the public key itself for ed25519 and sr25519,
 * its BLAKE2b-256 hash for ecdsa. Wallet extensions wrap raw texts in `<Bytes>…</Bytes>` before
 * they sign; a signature over either form counts.
 *
 * @module
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { loaded } from '../lazy.js';
import { ed25519PublicKey, ed25519Sign, ed25519StrictVerify } from '../ratchet/index.js';
import { blake2b } from './blake2b.js';
import { encodeAddress } from './ss58.js';

export type SignatureScheme = 'ed25519' | 'sr25519' | 'ecdsa';

/** Signs for an account whose key is elsewhere, e.g. in a wallet extension. */
export interface AccountSigner {
  /** SS58 address of the account, any prefix. */
  readonly address: string;
  readonly scheme: SignatureScheme;
  /**
   * Signs a text that a person can read.
   *
   * @returns the signature: 64 bytes, 65 for ecdsa
   * @throws ComingError `wallet-refused`
   */
  signText(text: string): Promise<Uint8Array>;
}

/** The key of an account that was made in the kit. `seed` is secret: 32 bytes. */
export interface GuestAccount {
  readonly seed: Uint8Array;
  readonly account: Uint8Array;
}

/** Makes an ed25519 account from 32 random bytes. */
export async function guestAccount(seed: Uint8Array): Promise<GuestAccount> {
  return { seed, account: await ed25519PublicKey(seed) };
}

/** Signs for a guest, in the shape that a wallet has too. */
export function guestSigner(guest: GuestAccount): AccountSigner {
  return {
    address: encodeAddress(guest.account),
    scheme: 'ed25519',
    signText: (text) => signAsGuest(guest, utf8ToBytes(text)),
  };
}

/** Signs bytes that are no text: what a chain wants signed. */
export function signAsGuest({ seed }: GuestAccount, bytes: Uint8Array): Promise<Uint8Array> {
  return ed25519Sign(bytes, seed);
}

/** Whether an account signed this text. False, never an error, for a malformed signature. */
export async function verifyAccountSignature(
  account: Uint8Array,
  scheme: SignatureScheme,
  text: string,
  signature: Uint8Array,
): Promise<boolean> {
  const isSigned = (form: string) => verifyBytes(account, scheme, utf8ToBytes(form), signature);
  return (await isSigned(text)) || isSigned(`<Bytes>${text}</Bytes>`);
}

/** Whether an account signed just these bytes. False, never an error, for a malformed signature. */
export async function verifyBytes(
  account: Uint8Array,
  scheme: SignatureScheme,
  bytes: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const verify = await verifierOf(scheme);
  try {
    return await verify(bytes, signature, account);
  } catch {
    return false; // a point or scalar that is none
  }
}

type Verifier = (
  message: Uint8Array,
  signature: Uint8Array,
  account: Uint8Array,
) => Promise<boolean> | boolean;

// sr25519 and secp256k1 are heavy and most people need neither.
async function verifierOf(scheme: SignatureScheme): Promise<Verifier> {
  switch (scheme) {
    case 'ed25519':
      return (message, signature, account) =>
        signature.length === 64 && ed25519StrictVerify(signature, message, account, { zip215: false });
    case 'sr25519': {
      const verify = await loaded(import('@scure/sr25519').then(({ verify }) => verify));
      return (message, signature, account) => signature.length === 64 && verify(message, signature, account);
    }
    case 'ecdsa': {
      const secp256k1 = await loaded(import('@noble/curves/secp256k1.js').then(({ secp256k1 }) => secp256k1));
      return (message, signature, account) => {
        if (signature.length !== 65) return false;
        const recoverable = Uint8Array.of(signature[64]!, ...signature.subarray(0, 64));
        const digest = blake2b(message, { dkLen: 32 });
        const publicKey = secp256k1.recoverPublicKey(recoverable, digest, { prehash: false });
        const owner = blake2b(publicKey, { dkLen: 32 });
        return owner.every((byte, i) => byte === account[i]);
      };
    }
  }
}
