/**
 * The beginnings of pictures of any size: as much as their headers say, and nothing to see.
 *
 * @module
 */
const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
const big = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, at) => (value >>> (8 * (bytes - 1 - at))) & 0xff);

export function png(width: number, height: number): Uint8Array {
  return Uint8Array.of(
    0x89,
    ...ascii('PNG\r\n\x1a\n'),
    ...big(13, 4),
    ...ascii('IHDR'),
    ...big(width, 4),
    ...big(height, 4),
  );
}

/** With a segment before the frame, as cameras write it. */
export function jpeg(width: number, height: number): Uint8Array {
  const before = [0xff, 0xe1, ...big(8, 2), ...ascii('Exif\0\0')];
  return Uint8Array.of(
    0xff,
    0xd8,
    ...before,
    0xff,
    0xc0,
    ...big(17, 2),
    8,
    ...big(height, 2),
    ...big(width, 2),
    3,
  );
}

/** Lossless: width and height less one, in 14 bits each. */
export function webp(width: number, height: number): Uint8Array {
  const bits = (width - 1) | ((height - 1) << 14);
  const size = big(bits, 4).reverse();
  return Uint8Array.of(
    ...ascii('RIFF'),
    20,
    0,
    0,
    0,
    ...ascii('WEBPVP8L'),
    8,
    0,
    0,
    0,
    0x2f,
    ...size,
    0,
    0,
    0,
    0,
  );
}
