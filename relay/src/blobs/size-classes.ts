/**
 * Sizes of blobs: few of them, so that a size says little about what is inside.
 *
 * @module
 */
const SMALLEST = 4096;

/**
 * Whether a size is one of the classes: eight between one power of two and the next, so padding costs an eighth
 * at most.
 */
export function isSizeClass(size: number): boolean {
  return size >= SMALLEST && size % 2 ** (Math.floor(Math.log2(size)) - 3) === 0;
}
