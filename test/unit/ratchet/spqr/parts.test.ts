import { sha3_256 as sha3 } from '@noble/hashes/sha3.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemble, chunkAt, keepChunk } from '../../../../core/ratchet/spqr/chunks.js';
import {
  addEpoch,
  startKeyChain,
  takeReceiveKey,
  takeSendKey,
} from '../../../../core/ratchet/spqr/key-chain.js';
import { parseSpqrMessage, writeSpqrMessage } from '../../../../core/ratchet/spqr/messages.js';
import {
  decapsulate,
  ekVectorOf,
  encapsulateFirst,
  encapsulateRest,
  generateKey,
  headerOf,
  isPromised,
} from '../../../../core/ratchet/spqr/ml-kem.js';
import { repeatable } from '../device.js';

const malformed = expect.objectContaining({ code: 'malformed-message' }) as Error;
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe('a message of the post-quantum ratchet', () => {
  const chunk = fc.record({ index: fc.nat(0xffff), data: bytes(32) });
  const message = fc
    .record({
      epoch: fc.integer({ min: 1, max: 2 ** 40 }),
      index: fc.nat(0xffffffff),
      type: fc.nat(6),
      chunk,
    })
    .map((fields) => (fields.type === 0 || fields.type === 4 ? { ...fields, chunk: undefined } : fields));

  it('is read as it was written, whatever follows it', () => {
    fc.assert(
      fc.property(message, fc.uint8Array({ maxLength: 5 }), (fields, tail) => {
        expect(parseSpqrMessage(concatBytes(writeSpqrMessage(fields), tail))).toEqual(fields);
      }),
    );
  });

  it('that is cut short is refused', () => {
    fc.assert(
      fc.property(message, fc.nat(), (fields, cut) => {
        const whole = writeSpqrMessage(fields);
        expect(() => parseSpqrMessage(whole.subarray(0, cut % whole.length))).toThrow(malformed);
      }),
    );
  });

  it('of random bytes is read, ignored or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        try {
          parseSpqrMessage(concatBytes(Uint8Array.of(1), noise));
        } catch (error) {
          expect(error).toEqual(malformed);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['epoch 0', [1, 0, 1, 0]],
    ['a type that there is none of', [1, 1, 1, 7]],
    ['an index of more than 32 bits', [1, 1, 0x80, 0x80, 0x80, 0x80, 0x10, 0]],
    ['a chunk index of more than 16 bits', [1, 1, 1, 1, 0x80, 0x80, 4, ...new Uint8Array(32)]],
    ['a number without end', [1, ...new Uint8Array(11).fill(0x80), 1, 1, 0]],
  ])('with %s is refused', (_name, wire) => {
    expect(() => parseSpqrMessage(Uint8Array.from(wire))).toThrow(malformed);
  });
});

describe('chunks', () => {
  it.each([3, 5, 30, 36])('any %i of them give the message back, and fewer nothing', (count) => {
    const length = 32 * count;
    const indexes = fc.uniqueArray(fc.oneof(fc.nat(2 * count), fc.nat(0xffff)), {
      minLength: count,
      maxLength: count,
    });
    fc.assert(
      fc.property(bytes(length), indexes, (message, chosen) => {
        let kept: Uint8Array = new Uint8Array();
        for (const index of chosen) {
          expect(assemble(kept, length)).toBeUndefined();
          const chunk = chunkAt(message, index);
          kept = keepChunk(kept, chunk);
          expect(keepChunk(kept, chunk)).toBe(kept);
        }
        expect(assemble(kept, length)).toEqual(message);
      }),
      { numRuns: 20 },
    );
  });
});

describe('ML-KEM-768 split in time', () => {
  it('makes what the library makes in one go, which the key opens', () => {
    const random = repeatable(7);
    for (let i = 0; i < 25; i++) {
      const dk = generateKey(random(64));
      const [header, ekVector, coins] = [headerOf(dk), ekVectorOf(dk), random(32)];
      const whole = ml_kem768.encapsulate(concatBytes(ekVector, header.subarray(0, 32)), coins);
      expect(isPromised(header, ekVector)).toBe(true);
      const { secret, ct1, rest } = encapsulateFirst(header, coins);
      const ciphertext = concatBytes(ct1, encapsulateRest(rest, ekVector));
      expect(ciphertext).toEqual(whole.cipherText);
      expect(secret).toEqual(whole.sharedSecret);
      expect(decapsulate(dk, ciphertext)).toEqual(secret);
    }
  });

  it('refuses another key than was promised, and one whose coefficients are not reduced', () => {
    const random = repeatable(8);
    const dk = generateKey(random(64));
    const [header, ekVector] = [headerOf(dk), ekVectorOf(dk)];
    expect(isPromised(header, ekVector.with(5, ekVector[5]! ^ 1))).toBe(false);
    expect(isPromised(header.with(40, header[40]! ^ 1), ekVector)).toBe(false);
    const large = Uint8Array.from(ekVector).fill(0xff, 0, 3);
    const rho = header.subarray(0, 32);
    expect(isPromised(concatBytes(rho, sha3(concatBytes(large, rho))), large)).toBe(false);
  });
});

describe('the key chain', () => {
  const authKey = new Uint8Array(32).fill(9);
  const start = () => [startKeyChain(authKey, true), startKeyChain(authKey, false)] as const;

  it('gives both sides the same keys, in whatever order messages come, and each once', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...Array(40).keys()]), fc.boolean(), (order, isInitiator) => {
        const ends = start();
        let sender = ends[isInitiator ? 0 : 1];
        let receiver = ends[isInitiator ? 1 : 0];
        const keys = Array.from({ length: 40 }, () => {
          const { chain, index, key } = takeSendKey(sender, 0);
          sender = chain;
          return { index, key };
        });
        expect(keys.map(({ index }) => index)).toEqual(keys.map((_, i) => i + 1));
        for (const place of order) {
          const { index, key } = keys[place]!;
          const taken = takeReceiveKey(receiver, 0, index);
          receiver = taken.chain;
          expect(taken.key).toEqual(key);
          expect(() => takeReceiveKey(receiver, 0, index)).toThrow(
            expect.objectContaining({ code: 'decryption-failed' }),
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  it('keeps the keys of exactly 2,000 messages before the newest, and jumps over 25,000 at most', () => {
    const [, receiver] = start();
    const { chain } = takeReceiveKey(receiver, 0, 25_000);
    expect(takeReceiveKey(chain, 0, 23_000).key).toHaveLength(32);
    expect(() => takeReceiveKey(chain, 0, 22_999)).toThrow(
      expect.objectContaining({ code: 'decryption-failed' }),
    );
    expect(() => takeReceiveKey(receiver, 0, 25_001)).toThrow(
      expect.objectContaining({ code: 'too-far-ahead' }),
    );
  });

  it('reads late messages of the epoch before, but no earlier ones', () => {
    let [sender, receiver] = start() as [ReturnType<typeof startKeyChain>, ReturnType<typeof startKeyChain>];
    const keys: Uint8Array[] = [];
    for (let epoch = 0; epoch < 4; epoch++) {
      const sent = takeSendKey(sender, epoch);
      keys.push(sent.key);
      const answered = takeSendKey(receiver, epoch);
      sender = addEpoch(sent.chain, new Uint8Array(32).fill(epoch));
      receiver = addEpoch(answered.chain, new Uint8Array(32).fill(epoch));
    }
    expect(receiver.epochs).toHaveLength(3); // the one sent in, the one before and the one to come
    expect(takeReceiveKey(receiver, 3, 1).key).toEqual(keys[3]);
    expect(takeReceiveKey(receiver, 2, 1).key).toEqual(keys[2]);
    for (const epoch of [1, 5]) {
      expect(() => takeReceiveKey(receiver, epoch, 1)).toThrow(
        expect.objectContaining({ code: 'decryption-failed' }),
      );
    }
  });
});
