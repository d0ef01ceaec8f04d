/**
 * The one port to curves, KEM and randomness.
 *
 * It is asynchronous so that WebCrypto can serve it. What is symmetric (HMAC, HKDF, AES) is not
 * behind it: that is faster done at once than handed over.
 *
 * @module
 */

/** A key pair of X25519 or of the KEM. */
export interface KeyPair {
  /** With its type byte: 33 bytes for X25519, 1569 for the KEM. */
  readonly publicKey: Uint8Array;
  /** 32 bytes, clamped, for X25519; with its type byte 3169 for the KEM. */
  readonly privateKey: Uint8Array;
}

/** What a KEM makes for the holder of a public key. */
export interface Encapsulation {
  /** 1569 bytes with the type byte. */
  readonly ciphertext: Uint8Array;
  /** 32 bytes. */
  readonly sharedSecret: Uint8Array;
}

/** A ciphertext of ML-KEM-768 of which the second part can be made later. */
export interface SplitEncapsulation {
  /** 32 bytes. */
  readonly secret: Uint8Array;
  /** The first 960 bytes of the ciphertext. */
  readonly ct1: Uint8Array;
  /** What the second part is made with, 1568 bytes; as secret as the secret. */
  readonly rest: Uint8Array;
}

/** ML-KEM-768 as the post-quantum ratchet takes it. It answers at once: a step of the ratchet is not interrupted. */
export interface SplitKem {
  /** A new decapsulation key, 2400 bytes. */
  generateKey(): Uint8Array;
  /** Says that an encapsulation will be asked for, so that it can be made meanwhile. */
  expect(header: Uint8Array): void;
  /** @param header seed of the matrix and hash of the encapsulation key, 64 bytes */
  encapsulate(header: Uint8Array): SplitEncapsulation;
}

export interface Primitives {
  /** Bytes from a cryptographic random source. */
  randomBytes(length: number): Uint8Array;
  /** A new X25519 key pair. */
  generateKeyPair(): Promise<KeyPair>;
  /**
   * X25519 of an own pair and another's public key (33 bytes); 32 bytes.
   *
   * @throws ComingError `invalid-key` for a malformed key or an all-zero result
   */
  agree(own: KeyPair, publicKey: Uint8Array): Promise<Uint8Array>;
  /** XEdDSA signature, 64 bytes. `privateKey` is an X25519 key. */
  sign(privateKey: Uint8Array, message: Uint8Array): Promise<Uint8Array>;
  /** Whether an XEdDSA signature is good; false as well for a malformed key or signature. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
  /** A new Kyber-1024 (round 3) key pair. */
  generateKemKeyPair(): Promise<KeyPair>;
  /** @throws ComingError `invalid-key` */
  encapsulate(publicKey: Uint8Array): Promise<Encapsulation>;
  /** @throws ComingError `invalid-key` for a malformed key, `malformed-message` for a malformed ciphertext */
  decapsulate(privateKey: Uint8Array, ciphertext: Uint8Array): Promise<Uint8Array>;
  readonly splitKem: SplitKem;
}
