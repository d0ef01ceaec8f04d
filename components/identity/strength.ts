/**
 * A rough word about a passphrase: how many guesses a computer would need, by its length and variety.
 *
 * @module
 */

/** 0 too short, 1 weak, 2 fair, 3 strong. */
export type Strength = 0 | 1 | 2 | 3;

/** As core/identity/keystore.ts wants it. */
const MIN_LENGTH = 8;
const FAIR = 50;
const STRONG = 70;
const KINDS: readonly (readonly [RegExp, number])[] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/\d/, 10],
  [/[^A-Za-z\d]/, 32],
];

export function strengthOf(passphrase: string): Strength {
  if (passphrase.length < MIN_LENGTH) return 0;
  const pool = KINDS.reduce((sum, [kind, size]) => sum + (kind.test(passphrase) ? size : 0), 0);
  // What is repeated adds little: aaaaaaaa is not eight choices.
  const distinct = new Set(passphrase).size;
  const bits = Math.min(passphrase.length, 2 * distinct) * Math.log2(pool);
  if (bits < FAIR || distinct < 5) return 1;
  return bits < STRONG ? 2 : 3;
}
