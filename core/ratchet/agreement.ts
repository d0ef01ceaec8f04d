/**
 * X25519 over what a platform offers, with its keys kept for as long as they are of use and made ahead of need.
 *
 * @module
 */
import { ComingError } from '../errors.js';
import { fromBase64url, toBase64url } from './base64url.js';
import { clamped, rawPublicKey, withEcType } from './keys.js';
import type { KeyPair, Primitives } from './primitives.js';

export type Agreement = Pick<Primitives, 'generateKeyPair' | 'agree'>;

/** An X25519 key as a JSON Web Key (RFC 8037): no platform takes private keys faster in another form. */
export interface Jwk {
  readonly kty: 'OKP';
  readonly crv: 'X25519';
  readonly x: string;
  /** Of a private key. */
  readonly d?: string;
}

/** What a platform does with X25519. `Handle` is what it calls a key. */
export interface Platform<Handle> {
  /** A new private key. */
  generate(): Promise<{ handle: Handle; x: string; d: string }>;
  importPrivate(jwk: Jwk): Promise<Handle> | Handle;
  importPublic(jwk: Jwk): Promise<Handle> | Handle;
  /** 32 bytes. Throws for a key that it does not like. */
  derive(own: Handle, other: Handle): Promise<Uint8Array> | Uint8Array;
}

/** How many handles of keys are kept for when their pair is read from where it was stored. */
const MADE = 64;

export function agreementOn<Handle>(platform: Platform<Handle>): Agreement {
  // A pair is imported once for as long as its object lives: the identity's, and a new ratchet key's.
  const imported = new WeakMap<KeyPair, Handle>();
  // A ratchet key is stored after it was made and read again for its last use: until then its handle is kept here.
  const made = new Map<string, Handle>();
  // Making a pair costs more than all else in a turn, so one is made ahead of need.
  let ahead: Promise<KeyPair> | undefined;

  const importPrivate = async (pair: KeyPair): Promise<Handle> => {
    const known = imported.get(pair);
    if (known !== undefined) return known;
    const x = toBase64url(rawPublicKey(pair.publicKey));
    const kept = made.get(x);
    made.delete(x);
    const d = toBase64url(clamped(pair.privateKey));
    const handle = kept ?? (await platform.importPrivate({ ...jwk(x), d }));
    imported.set(pair, handle);
    return handle;
  };

  // A new ratchet key is agreed with twice.
  let last: { readonly x: string; readonly handle: Promise<Handle> | Handle } | undefined;
  const importPublic = (raw: Uint8Array): Promise<Handle> | Handle => {
    const x = toBase64url(raw);
    if (last?.x !== x) last = { x, handle: platform.importPublic(jwk(x)) };
    return last.handle;
  };

  const makeKeyPair = async (): Promise<KeyPair> => {
    const { handle, x, d } = await platform.generate();
    const pair: KeyPair = {
      publicKey: withEcType(fromBase64url(x)),
      privateKey: clamped(fromBase64url(d)),
    };
    imported.set(pair, handle);
    made.set(x, handle);
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
      const raw = rawPublicKey(publicKey);
      try {
        const [ours, theirs] = await Promise.all([importPrivate(own), importPublic(raw)]);
        const shared = await platform.derive(ours, theirs);
        if (shared.some((byte) => byte !== 0)) return shared;
      } catch {
        // falls through: a platform refuses a low-order key in its own words
      }
      throw new ComingError('invalid-key', 'a key of low order, or not a key pair');
    },
  };
}

const jwk = (x: string) => ({ kty: 'OKP', crv: 'X25519', x }) as const;
