import { concatBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CHUNK, HEADER_LENGTH, Opener, Sealer } from '../../../core/transfer/sealed-stream.js';
import { refusal } from '../../support/codes.js';

const LOG_N = 10;
const PASSPHRASE = 'a good passphrase';
const SEALED = CHUNK + 16;

async function seal(plain: Uint8Array, salt = 1, passphrase = PASSPHRASE): Promise<Uint8Array> {
  const sealer = await Sealer.of(passphrase, new Uint8Array(32).fill(salt), LOG_N);
  return concatBytes(sealer.header, ...(await sealer.add(plain)), await sealer.end());
}

async function open(pieces: readonly Uint8Array[], passphrase = PASSPHRASE): Promise<Uint8Array> {
  const opener = new Opener(passphrase);
  const opened: Uint8Array[] = [];
  for (const piece of pieces) opened.push(...(await opener.add(piece)));
  return concatBytes(...opened, await opener.end());
}

const plainOf = (length: number) => Uint8Array.from({ length }, (_, n) => (n * 31) >> 3);

describe('a sealed stream', () => {
  let file: Uint8Array;
  let other: Uint8Array;
  const plain = plainOf(3 * CHUNK + 100);

  beforeAll(async () => {
    file = await seal(plain);
    other = await seal(plainOf(3 * CHUNK + 100).fill(7), 2);
  });

  it('opens to what was sealed, for every length around the ends of chunks, however both were cut', async () => {
    const lengths = fc.oneof(
      fc.constantFrom(1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1),
      fc.integer({ min: 1, max: 3 * CHUNK }),
    );
    const cuts = fc.array(fc.integer({ min: 1, max: SEALED + 5 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(lengths, cuts, cuts, async (length, cutIn, cutOut) => {
        const whole = plainOf(length);
        const sealer = await Sealer.of(PASSPHRASE, new Uint8Array(32), LOG_N);
        const pieces = [sealer.header];
        for (const piece of cut(whole, cutIn)) pieces.push(...(await sealer.add(piece)));
        const sealed = concatBytes(...pieces, await sealer.end());
        expect(sealed.length).toBe(HEADER_LENGTH + length + 16 * Math.ceil(length / CHUNK));
        expect(Buffer.from(await open(cut(sealed, cutOut))).equals(whole)).toBe(true);
      }),
      { numRuns: 12 },
    );
  });

  it('opens with the same passphrase however its letters are composed', async () => {
    const composed = await seal(Uint8Array.of(1), 3, 'pass-phr\u00e4se');
    expect(await open([composed], 'pass-phra\u0308se')).toEqual(Uint8Array.of(1));
  });

  it('is refused with another passphrase, and not made with a weak one', async () => {
    expect(await refusal(() => open([file], 'another passphrase'))).toBe('wrong-passphrase');
    expect(await refusal(() => seal(plain, 1, '7 chars'))).toBe('weak-passphrase');
  });

  const chunk = (of: Uint8Array, n: number) =>
    of.subarray(HEADER_LENGTH + n * SEALED, HEADER_LENGTH + (n + 1) * SEALED);
  const header = (of: Uint8Array) => of.subarray(0, HEADER_LENGTH);

  it.each<[string, () => Uint8Array[]]>([
    ['its last chunk is missing', () => [file.subarray(0, HEADER_LENGTH + 3 * SEALED)]],
    ['all its chunks are missing', () => [header(file)]],
    ['its last bytes are missing', () => [file.subarray(0, file.length - 1)]],
    ['something follows it', () => [file, Uint8Array.of(0)]],
    ['its last chunk is there twice', () => [file, chunk(file, 3)]],
    [
      'two chunks are exchanged',
      () => [header(file), chunk(file, 1), chunk(file, 0), chunk(file, 2), chunk(file, 3)],
    ],
    ['a chunk is left out', () => [header(file), chunk(file, 0), chunk(file, 2), chunk(file, 3)]],
    [
      'a chunk is of another file',
      () => [header(file), chunk(file, 0), chunk(other, 1), chunk(file, 2), chunk(file, 3)],
    ],
    [
      'its end is that of another file',
      () => [file.subarray(0, HEADER_LENGTH + 3 * SEALED), chunk(other, 3)],
    ],
  ])('is refused as damaged when %s', async (_, pieces) => {
    expect(await refusal(() => open(pieces()))).toBe('damaged-export');
  });

  it('is refused when any byte of it changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.nat(HEADER_LENGTH - 1), fc.integer({ min: HEADER_LENGTH, max: file.length - 1 })),
        fc.integer({ min: 1, max: 255 }),
        async (at, bits) => {
          const bent = file.slice();
          bent[at]! ^= bits;
          const code = await refusal(() => open([bent]));
          expect(code).toBeOneOf(
            at < HEADER_LENGTH
              ? ['malformed-export', 'newer-export', 'wrong-passphrase']
              : ['damaged-export'],
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is told from other files, cut headers and later versions without asking for a key', async () => {
    const newer = file.slice();
    newer[14] = 2;
    expect(await refusal(() => open([newer]))).toBe('newer-export');
    expect(await refusal(() => open([plainOf(200)]))).toBe('malformed-export');
    expect(await refusal(() => open([file.subarray(0, 40)]))).toBe('malformed-export');
    expect(await refusal(() => open([]))).toBe('malformed-export');
    // What it may ask of who reads it.
    for (const [at, value] of [
      [15, 30],
      [15, 0],
      [16, 255],
      [17, 255],
    ] as const) {
      const greedy = file.slice();
      greedy[at] = value;
      expect(await refusal(() => open([greedy]))).toBe('malformed-export');
    }
  });
});

function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, n = 0; at < bytes.length; n += 1) {
    const length = lengths[n % lengths.length]!;
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}
