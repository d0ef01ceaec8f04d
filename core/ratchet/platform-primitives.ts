/**
 * The primitives through WebCrypto where the platform has these curves: the same bytes, several times as fast.
 *
 * What WebCrypto lacks (signing with an X25519 key, the KEM) stays plain JavaScript, and so does everything on
 * older platforms and in contexts that are not secure.
 *
 * @module
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { base64urlnopad } from '@scure/base';
import { ComingError } from '../errors.js';
import { clamped, rawPublicKey, withEcType } from './keys.js';
import { plainPrimitives } from './plain-primitives.js';
import type { KeyPair, Primitives } from './primitives.js';
import { toEd25519, xeddsaSign } from './xeddsa.js';

/** How many handles of keys are kept for when their pair is read from where it was stored. */
const MADE = 64;

let probed: Promise<Primitives> | undefined;

/** The fastest primitives that give right answers here; finds out once. */
export function platformPrimitives(): Promise<Primitives> {
  probed ??= probe();
  return probed;
}

async function probe(): Promise<Primitives> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  const agreement = subtle && webCryptoAgreement(subtle);
  const verification = subtle && webCryptoVerification(subtle);
  return {
    ...plainPrimitives(),
    ...(agreement && (await agrees(agreement)) ? agreement : await plainAgreement()),
    ...(verification && (await verifies(verification)) && verification),
  };
}

/** X25519 for older platforms, loaded only there. */
async function plainAgreement(): Promise<Agreement> {
  const { generateKeyPair, agree } = (await import('./noble-primitives.js')).noblePrimitives();
  return { generateKeyPair, agree };
}

type Agreement = Pick<Primitives, 'generateKeyPair' | 'agree'>;
type Verification = Pick<Primitives, 'verify'>;

function webCryptoAgreement(subtle: SubtleCrypto): Agreement {
  // A pair is imported once for as long as its object lives: the identity's, and a new ratchet key's.
  const imported = new WeakMap<KeyPair, CryptoKey>();
  // A ratchet key is stored after it was made and read again for its last use: until then its handle is kept here.
  const made = new Map<string, CryptoKey>();
  // Making a pair costs more than all else in a turn, so one is made ahead of need.
  let ahead: Promise<KeyPair> | undefined;

  // As JWK, because the other form for private keys costs Node ten times as much.
  const importPrivate = async (pair: KeyPair): Promise<CryptoKey> => {
    const known = imported.get(pair);
    if (known !== undefined) return known;
    const x = base64urlnopad.encode(rawPublicKey(pair.publicKey));
    const kept = made.get(x);
    if (kept !== undefined) {
      made.delete(x);
      imported.set(pair, kept);
      return kept;
    }
    const d = base64urlnopad.encode(clamped(pair.privateKey));
    const key = await subtle.importKey('jwk', { kty: 'OKP', crv: 'X25519', x, d }, 'X25519', false, [
      'deriveBits',
    ]);
    imported.set(pair, key);
    return key;
  };

  // A new ratchet key is agreed with twice.
  let last: { readonly raw: Uint8Array; readonly imported: Promise<CryptoKey> } | undefined;
  const importPublic = (raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> => {
    if (!last?.raw.every((byte, i) => byte === raw[i])) {
      last = { raw, imported: subtle.importKey('raw', raw, 'X25519', false, []) };
    }
    return last.imported;
  };

  const makeKeyPair = async (): Promise<KeyPair> => {
    const { privateKey } = await subtle.generateKey('X25519', true, ['deriveBits']);
    const { x, d } = await subtle.exportKey('jwk', privateKey);
    const pair: KeyPair = {
      publicKey: withEcType(base64urlnopad.decode(x!)),
      privateKey: clamped(base64urlnopad.decode(d!)),
    };
    imported.set(pair, privateKey);
    made.set(x!, privateKey);
    if (made.size > MADE) made.delete(made.keys().next().value!);
    return pair;
  };

  return {
    generateKeyPair() {
      const pair = ahead ?? makeKeyPair();
      ahead = makeKeyPair();
      ahead.catch(() => (ahead = undefined)); // whoever asks next makes one in its own time
      return pair;
    },
    async agree(own, publicKey) {
      const raw = Uint8Array.from(rawPublicKey(publicKey));
      try {
        const [privateKey, other] = await Promise.all([importPrivate(own), importPublic(raw)]);
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

// Known answers, so that the probe needs no second implementation: the private keys are 32 times 1 and 32 times 2.
const FIRST: KeyPair = {
  privateKey: new Uint8Array(32).fill(1),
  publicKey: withEcType(hexToBytes('a4e09292b651c278b9772c569f5fa9bb13d906b46ab68c9df9dc2b4409f8a209')),
};
const SECOND_PUBLIC = withEcType(
  hexToBytes('ce8d3ad1ccb633ec7b70c17814a5c76ecd029685050d344745ba05870e587d59'),
);
const SHARED = hexToBytes('2ed76ab549b1e73c031eb49c9448f0798aea81b698279a0c3dc3e49fbfc4b953');

/** Whether the platform agrees on keys as it should. */
async function agrees({ generateKeyPair, agree }: Agreement): Promise<boolean> {
  try {
    const shared = await agree(FIRST, SECOND_PUBLIC);
    await generateKeyPair();
    return shared.every((byte, i) => byte === SHARED[i]);
  } catch {
    return false;
  }
}

/** Whether the platform tells a good signature from a bad one. */
async function verifies({ verify }: Verification): Promise<boolean> {
  const message = Uint8Array.of(1);
  const { publicKey, privateKey } = FIRST;
  const signature = xeddsaSign(privateKey, message, new Uint8Array(64));
  return (
    (await verify(publicKey, message, signature)) && !(await verify(publicKey, Uint8Array.of(2), signature))
  );
}
