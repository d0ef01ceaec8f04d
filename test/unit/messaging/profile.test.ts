import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutUnprintable } from '../../../core/identity/index.js';
import { cleanName, isPicture, MAX_PICTURE_SIDE, pictureType } from '../../../core/messaging/profile.js';
import { jpeg, png, webp } from '../../support/pictures.js';

describe('a name that somebody gives to themselves', () => {
  it.each([
    ['Ada Lovelace', 'Ada Lovelace'],
    ['  Ada \t\n Lovelace ', 'Ada Lovelace'],
    ['Ada ✓', 'Ada'],
    ['✅ Ada ✔️', 'Ada'],
    ['Ada ☑🔒🔐🛡️🔵', 'Ada'],
    ['Ada\u202egnol', 'Adagnol'],
    ['A\u200bd\u200da', 'Ada'],
    ['~Ada', 'Ada'],
    ['~ ~ Ada', 'Ada'],
    ['A\u0301\u0301\u0301\u0301\u0301\u0301da', 'Á\u0301\u0301\u0301da'],
    ['Ada\u20dd', 'Ada'],
    ['✓', ''],
    ['\u3164\u2800', ''],
    ['عائشة', 'عائشة'],
    ['नमस्ते', 'नमस्ते'],
    ['José 🎸', 'José 🎸'],
  ])('%j is shown as %j', (name, shown) => {
    expect(cleanName(name)).toBe(shown);
  });

  it('has nothing that could turn what stands around it, and is clean once it was cleaned', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (name) => {
        const clean = cleanName(name);
        expect([...clean].length).toBeLessThanOrEqual(64);
        expect(withoutUnprintable(clean)).toBe(clean);
        expect(clean).not.toMatch(/[\u2713\u2714\u2611\u2705\u{1f512}]|\p{Cf}|^\s|\s$/u);
        expect(cleanName(clean)).toBe(clean);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a picture', () => {
  it.each([
    ['PNG', png, 'image/png'],
    ['JPEG', jpeg, 'image/jpeg'],
    ['WebP', webp, 'image/webp'],
  ] as const)('is one as %s, up to 1024 pixels each way', (_, make, type) => {
    expect(pictureType(make(10, 10))).toBe(type);
    expect(isPicture(make(MAX_PICTURE_SIDE, MAX_PICTURE_SIDE))).toBe(true);
    for (const [width, height] of [
      [MAX_PICTURE_SIDE + 1, 1],
      [1, MAX_PICTURE_SIDE + 1],
      [16_383, 16_383],
    ] as const) {
      expect(isPicture(make(width, height))).toBe(false);
    }
    expect(isPicture(make(10, 10).slice(0, 12))).toBe(false);
  });

  it('is none when it is large, something else, or nothing', () => {
    const large = new Uint8Array(32 * 1024 + 1);
    large.set(png(10, 10));
    expect(isPicture(large)).toBe(false);
    expect(isPicture(large.slice(0, -1))).toBe(true);
    for (const other of ['', 'GIF89a', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'RIFF    AVI ']) {
      expect(isPicture(new TextEncoder().encode(other))).toBe(false);
    }
  });

  it('can be any bytes at all without an error', () => {
    const starts = [png(10, 10), jpeg(10, 10), webp(10, 10)].map((bytes) => bytes.slice(0, 16));
    fc.assert(
      fc.property(
        fc.constantFrom(new Uint8Array(), ...starts),
        fc.uint8Array({ maxLength: 60 }),
        (start, rest) => {
          expect(typeof isPicture(Uint8Array.of(...start, ...rest))).toBe('boolean');
        },
      ),
      { numRuns: 1000 },
    );
  });
});
