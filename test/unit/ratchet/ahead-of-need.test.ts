import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { aheadOfNeed } from '../../../core/ratchet/ahead-of-need.js';
import { plainPrimitives } from '../../../core/ratchet/plain-primitives.js';
import type { SplitKem } from '../../../core/ratchet/primitives.js';
import { encapsulateRest, ekVectorOf, decapsulate, headerOf } from '../../../core/ratchet/spqr/ml-kem.js';
import { concatBytes } from '@noble/hashes/utils.js';

let made: string[];
let ahead: SplitKem;

beforeEach(() => {
  vi.useFakeTimers();
  const plain = plainPrimitives().splitKem;
  made = [];
  ahead = aheadOfNeed({
    ...plain,
    generateKey: () => (made.push('key'), plain.generateKey()),
    encapsulate: (header) => (made.push('encapsulation'), plain.encapsulate(header)),
  });
});

afterEach(() => {
  vi.useRealTimers();
});

it('a key is there before it is asked for, and each is given away once', () => {
  vi.runAllTimers();
  expect(made).toEqual(['key']);
  const first = ahead.generateKey();
  expect(made).toEqual(['key']);
  const second = ahead.generateKey();
  expect(second).not.toEqual(first);
});

it('an encapsulation that was expected is there before it is asked for, and is given away once', () => {
  vi.runAllTimers();
  const dk = ahead.generateKey();
  const header = headerOf(dk).slice();
  ahead.expect(header);
  ahead.expect(header);
  vi.runAllTimers();
  expect(made).toEqual(['key', 'key', 'encapsulation']);
  const { secret, ct1, rest } = ahead.encapsulate(header);
  expect(made).toHaveLength(3);
  const ciphertext = concatBytes(ct1, encapsulateRest(rest, ekVectorOf(dk)));
  expect(decapsulate(dk, ciphertext)).toEqual(secret);
  expect(ahead.encapsulate(header).secret).not.toEqual(secret);
});

it('nothing waits for time that there was not', () => {
  const header = headerOf(ahead.generateKey());
  ahead.expect(header);
  ahead.encapsulate(header);
  expect(made).toEqual(['key', 'encapsulation']);
  vi.runAllTimers();
  expect(made).toEqual(['key', 'encapsulation', 'key']);
});

it('what is expected and never asked for does not pile up', () => {
  for (let i = 0; i < 100; i++) ahead.expect(new Uint8Array(64).fill(i));
  vi.runAllTimers();
  expect(made.filter((what) => what === 'encapsulation')).toHaveLength(16);
});

it('a header may be overwritten after it was announced', () => {
  const dk = ahead.generateKey();
  const header = headerOf(dk).slice();
  const name = header.slice();
  ahead.expect(header);
  header.fill(0);
  vi.runAllTimers();
  const { secret, ct1, rest } = ahead.encapsulate(name);
  expect(decapsulate(dk, concatBytes(ct1, encapsulateRest(rest, ekVectorOf(dk))))).toEqual(secret);
});
