/**
 * Makes a picture that can be shown to others: a small square, drawn anew, so that nothing of the file but what is seen
 * goes out: not where, when and with what it was taken.
 *
 * @module
 */
const SIDE = 192;
const MAX_BYTES = 32 * 1024;
/** Larger ones are not worth the wait, px. */
const MAX_SIDE = 12_000;

/** WebP, or PNG where the browser writes no WebP. @throws when it is no picture, or cannot be made small enough */
export async function smallPicture(file: Blob): Promise<Uint8Array> {
  const bitmap = await createImageBitmap(file);
  try {
    const { width, height } = bitmap;
    if (Math.max(width, height) > MAX_SIDE) throw new RangeError('too large a picture');
    for (let side = SIDE; side >= SIDE / 4; side /= 2) {
      for (const quality of [0.85, 0.6]) {
        const bytes = await drawn(bitmap, side, quality);
        if (bytes.length <= MAX_BYTES) return bytes;
      }
    }
    throw new RangeError('the picture does not get small enough');
  } finally {
    bitmap.close();
  }
}

/** The middle of it, as a square. */
async function drawn(bitmap: ImageBitmap, side: number, quality: number): Promise<Uint8Array> {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  const { width, height } = bitmap;
  const short = Math.min(width, height);
  const context = canvas.getContext('2d')!;
  context.drawImage(bitmap, (width - short) / 2, (height - short) / 2, short, short, 0, 0, side, side);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/webp', quality));
  if (!blob) throw new RangeError('the picture could not be drawn');
  return new Uint8Array(await blob.arrayBuffer());
}
