/**
 * The primitives through WebCrypto where the platform has these curves: the same bytes, several times as fast.
 *
 * What WebCrypto lacks (signing with an X25519 key, the KEM) stays plain JavaScript, and so does everything on
 * older platforms and in contexts that are not secure.
 *
 * @module
 */
import { x25519 } from '@noble/curves/ed25519.js';
import { base64urlnopad } from '@scure/base';
import { ComingError } from '../errors.js';
import { clamped, rawPublicKey, withEcType } from './keys.js';
import { noblePrimitives } from './noble-primitives.js';
import type { KeyPair, Primitives } from './primitives.js';
import { toEd25519, xeddsaSign } from './xeddsa.js';

let probed: Promise<Primitives> | undefined;

/** The fastest primitives that give right answers here; finds out once. */
export function platformPrimitives(): Promise<Primitives> {
  probed ??= probe();
  return probed;
}

async function probe(): Promise<Primitives> {
  const noble = noblePrimitives();
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) return noble;
  const agreement = webCryptoAgreement(subtle);
  const verification = webCryptoVerification(subtle);
  return {
    ...noble,
    ...((await agrees(agreement)) && agreement),
    ...((await verifies(verification)) && verification),
  };
}

type Agreement = Pick<Primitives, 'generateKeyPair' | 'agree'>;
type Verification = Pick<Primitives, 'verify'>;

function webCryptoAgreement(subtle: SubtleCrypto): Agreement {
  // A pair is imported once for as long as its object lives: the identity's, and a new ratchet key's.
  const imported = new WeakMap<KeyPair, CryptoKey>();

  // As JWK, because the other form for private keys costs Node ten times as much.
  const importPrivate = async (pair: KeyPair): Promise<CryptoKey> => {
    const known = imported.get(pair);
    if (known !== undefined) return known;
    const x = base64urlnopad.encode(rawPublicKey(pair.publicKey));
    const d = base64urlnopad.encode(clamped(pair.privateKey));
    const key = await subtle.importKey('jwk', { kty: 'OKP', crv: 'X25519', x, d }, 'X25519', false, [
      'deriveBits',
    ]);
    imported.set(pair, key);
    return key;
  };

  return {
    async generateKeyPair() {
      const made = await subtle.generateKey('X25519', true, ['deriveBits']);
      const { x, d } = await subtle.exportKey('jwk', made.privateKey);
      const pair: KeyPair = {
        publicKey: withEcType(base64urlnopad.decode(x!)),
        privateKey: clamped(base64urlnopad.decode(d!)),
      };
      imported.set(pair, made.privateKey);
      return pair;
    },
    async agree(own, publicKey) {
      const raw = Uint8Array.from(rawPublicKey(publicKey));
      try {
        const [privateKey, other] = await Promise.all([
          importPrivate(own),
          subtle.importKey('raw', raw, 'X25519', false, []),
        ]);
        const shared = new Uint8Array(
          await subtle.deriveBits({ name: 'X25519', public: other }, privateKey, 256),
        );
        if (shared.some((byte) => byte !== 0)) return shared;
      } catch {
        // falls through: a platform refuses a low-order key in its own words
      }
      throw new ComingError('invalid-key', 'a key of low order, or not a key pair');
    },
  };
}

function webCryptoVerification(subtle: SubtleCrypto): Verification {
  return {
    async verify(publicKey, message, signature) {
      const check = toEd25519(publicKey, signature);
      if (check === undefined) return false;
      try {
        const key = await subtle.importKey('raw', Uint8Array.from(check.publicKey), 'Ed25519', false, [
          'verify',
        ]);
        return await subtle.verify(
          'Ed25519',
          key,
          Uint8Array.from(check.signature),
          Uint8Array.from(message),
        );
      } catch {
        return false; // not on the curve
      }
    },
  };
}

/** Whether the platform agrees on keys as plain JavaScript does. */
async function agrees({ generateKeyPair, agree }: Agreement): Promise<boolean> {
  try {
    const [ours, theirs] = await Promise.all([generateKeyPair(), generateKeyPair()]);
    const fresh = { ...ours }; // takes the path through import
    const shared = await agree(fresh, theirs.publicKey);
    const expected = x25519.getSharedSecret(ours.privateKey, rawPublicKey(theirs.publicKey));
    return shared.every((byte, i) => byte === expected[i]);
  } catch {
    return false;
  }
}

/** Whether the platform tells a good signature from a bad one. */
async function verifies({ verify }: Verification): Promise<boolean> {
  const message = Uint8Array.of(1);
  const privateKey = clamped(new Uint8Array(32).fill(1));
  const publicKey = withEcType(x25519.getPublicKey(privateKey));
  const signature = xeddsaSign(privateKey, message, new Uint8Array(64));
  return (
    (await verify(publicKey, message, signature)) && !(await verify(publicKey, Uint8Array.of(2), signature))
  );
}
