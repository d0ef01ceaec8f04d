/**
 * For how long a signed extrinsic can be taken: a window of 64 blocks, written in two bytes.
 *
 * Source: Substrate's `generic::Era`. An extrinsic that nobody took is dead when the window is over, and
 * only that makes it safe to pay again.
 *
 * @module
 */
const PERIOD = 64;
/** So many blocks can hold an extrinsic. */
export const LONGEST_ERA = PERIOD;

export interface Era {
  readonly bytes: Uint8Array;
  /** The block whose hash is signed. */
  readonly birth: number;
  /** The last block that can hold the extrinsic. */
  readonly lastBlock: number;
}

/** The window that begins at a block, which should be final: were it retracted, the extrinsic would be void. */
export function eraAt(block: number): Era {
  const phase = block % PERIOD;
  // Four bits say how long the period is, the others where in it the extrinsic was born.
  const encoded = (Math.log2(PERIOD) - 1) | (phase << 4);
  return {
    bytes: Uint8Array.of(encoded & 0xff, encoded >> 8),
    birth: block,
    lastBlock: block + PERIOD - 1,
  };
}
