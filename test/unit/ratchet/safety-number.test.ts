import { describe, expect, it } from 'vitest';
import { compareScannable, safetyNumber, scannableFingerprint } from '../../../core/ratchet/index.js';
import { signal } from '../../../proto/gen/signal.js';
import { repeatable } from './device.js';

const random = repeatable(5);
const party = () => ({ identifier: random(16), identityKey: Uint8Array.of(5, ...random(32)) });
const alice = party();
const bob = party();

describe('a safety number', () => {
  it('has 60 digits and is the same on both sides', () => {
    expect(safetyNumber(alice, bob)).toMatch(/^\d{60}$/);
    expect(safetyNumber(bob, alice)).toBe(safetyNumber(alice, bob));
  });

  it('changes with either identity key and either account', () => {
    const changes = [
      { ...bob, identityKey: party().identityKey },
      { ...bob, identifier: party().identifier },
    ];
    for (const other of changes) expect(safetyNumber(alice, other)).not.toBe(safetyNumber(alice, bob));
  });

  it('is not made with too few or too many hashes', () => {
    for (const iterations of [1, 0, -1, Number.NaN, 1_000_001]) {
      expect(() => safetyNumber(alice, bob, iterations)).toThrow(RangeError);
    }
  });
});

describe('a scanned safety number', () => {
  const own = scannableFingerprint(alice, bob);

  it('equals that of the other side, not one’s own', () => {
    expect(compareScannable(own, scannableFingerprint(bob, alice))).toBe('equal');
    expect(compareScannable(own, own)).toBe('different');
    expect(compareScannable(own, scannableFingerprint(bob, party()))).toBe('different');
  });

  it('of another version cannot be compared', () => {
    expect(compareScannable(own, scannableFingerprint(bob, alice, 1))).toBe('other-version');
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['some text', new TextEncoder().encode('https://example.org')],
    ['one half', signal.CombinedFingerprints.encode({ version: 2, local: { content: own } }).finish()],
    ['empty halves', signal.CombinedFingerprints.encode({ version: 2, local: {}, remote: {} }).finish()],
  ])('that is %s is refused', (_name, bytes) => {
    expect(() => compareScannable(own, bytes)).toThrow(
      expect.objectContaining({ code: 'malformed-message' }),
    );
  });
});
