/**
 * The functions of FIPS 202 that ML-KEM is made of: sponges over {@link keccak}.
 *
 * @module
 */
import { keccak } from './keccak.js';

/** What follows the message: the domain's bits and the first bit of the padding (FIPS 202, section 6). */
const SHA3 = 0x06;
const SHAKE = 0x1f;

/** Rates in bytes. */
const RATE_128 = 168;
const RATE_256 = 136;
const RATE_512 = 72;

export class Sponge {
  readonly #state = new Int32Array(50);
  #at = 0;
  #isSqueezing = false;

  constructor(
    private readonly rate: number,
    private readonly domain: number,
  ) {}

  absorb(bytes: Uint8Array): this {
    for (let i = 0; i < bytes.length; i++) {
      this.#mix(bytes[i]!);
      this.#at += 1;
      if (this.#at === this.rate) this.#permute();
    }
    return this;
  }

  /** Fills an array with what comes next; nothing can be absorbed any more. */
  squeeze<T extends Uint8Array>(into: T): T {
    const state = this.#state;
    if (!this.#isSqueezing) {
      this.#mix(this.domain);
      this.#at = this.rate - 1;
      this.#mix(0x80);
      this.#permute();
      this.#isSqueezing = true;
    }
    for (let i = 0; i < into.length; i++) {
      if (this.#at === this.rate) this.#permute();
      into[i] = state[this.#at >> 2]! >> (8 * (this.#at & 3));
      this.#at += 1;
    }
    return into;
  }

  /** Overwrites what it holds. */
  clean(): void {
    this.#state.fill(0);
  }

  #mix(byte: number): void {
    this.#state[this.#at >> 2]! ^= byte << (8 * (this.#at & 3));
  }

  #permute(): void {
    keccak(this.#state);
    this.#at = 0;
  }
}

/** A stream of bytes out of a seed. */
export function shake128(...input: Uint8Array[]): Sponge {
  return absorbed(new Sponge(RATE_128, SHAKE), input);
}

export function shake256(length: number, ...input: Uint8Array[]): Uint8Array {
  return digest(new Sponge(RATE_256, SHAKE), length, input);
}

export function sha3_256(...input: Uint8Array[]): Uint8Array {
  return digest(new Sponge(RATE_256, SHA3), 32, input);
}

export function sha3_512(...input: Uint8Array[]): Uint8Array {
  return digest(new Sponge(RATE_512, SHA3), 64, input);
}

function absorbed(sponge: Sponge, input: readonly Uint8Array[]): Sponge {
  for (const bytes of input) sponge.absorb(bytes);
  return sponge;
}

function digest(sponge: Sponge, length: number, input: readonly Uint8Array[]): Uint8Array {
  const result = absorbed(sponge, input).squeeze(new Uint8Array(length));
  sponge.clean();
  return result;
}
