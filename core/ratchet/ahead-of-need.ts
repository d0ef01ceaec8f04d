/**
 * Does the heavy work of the post-quantum ratchet between messages, so that none waits for it.
 *
 * Decapsulation stays with the message that completes a ciphertext: whether that message is accepted depends on it.
 *
 * @module
 */
import { clean, bytesToHex } from '@noble/hashes/utils.js';
import { prepareErasureField } from './spqr/erasure-field.js';
import type { SplitEncapsulation, SplitKem } from './primitives.js';

/** So many sessions may be expected to send at the same time; the oldest starts anew when its turn comes. */
const MAX_EXPECTED = 16;

export function aheadOfNeed(kem: SplitKem): SplitKem {
  let key: Uint8Array | undefined;
  const makeKey = () => {
    key ??= kem.generateKey();
  };
  /** By header; undefined until there was time. */
  const expected = new Map<string, SplitEncapsulation | undefined>();
  const forget = (name: string) => {
    const made = expected.get(name);
    if (made) clean(made.secret, made.rest);
    expected.delete(name);
  };

  later(makeKey);
  later(prepareErasureField);
  return {
    generateKey() {
      makeKey();
      const made = key!;
      key = undefined;
      later(makeKey);
      return made;
    },
    expect(header) {
      const name = bytesToHex(header);
      if (expected.has(name)) return;
      if (expected.size === MAX_EXPECTED) forget(expected.keys().next().value!);
      expected.set(name, undefined);
      const copy = Uint8Array.from(header); // what was handed in is overwritten with its session
      later(() => expected.has(name) && expected.set(name, kem.encapsulate(copy)));
    },
    encapsulate(header) {
      const name = bytesToHex(header);
      const made = expected.get(name);
      expected.delete(name);
      return made ?? kem.encapsulate(header);
    },
  };
}

/** When what is being done now is done. */
function later(work: () => void): void {
  const timer: unknown = setTimeout(work);
  // Node would stay for it.
  if (typeof timer === 'object') (timer as { unref(): void }).unref();
}
