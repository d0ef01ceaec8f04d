/**
 * What somebody may be called and look like by their own word: nothing that passes for something else.
 *
 * @module
 */
import { withoutUnprintable } from '../identity/index.js';
import { MAX_NAME, MAX_PICTURE_BYTES } from './kind-content.js';

/** The longest side of a picture, in pixels. */
export const MAX_PICTURE_SIDE = 1024;

// Marks that elsewhere say "verified" or "secure": check marks, locks, keys, shields, seals, coloured dots.
const BADGES =
  /[\u221a\u229b\u237b\u2611\u2705\u2713\u2714\u2b50\u2b24\u{10102}\u{1f197}\u{1f396}\u{1f3c5}\u{1f4db}\u{1f50f}-\u{1f513}\u{1f530}\u{1f534}\u{1f535}\u{1f536}-\u{1f539}\u{1f5dd}\u{1f5f8}\u{1f5f9}\u{1f6e1}\u{1f7e0}-\u{1f7eb}\u{1fa96}\u{1faaa}\u{1fbb1}]/gu;
// Joiners, variation selectors, tags, enclosing marks: drawn as nothing, or around what stands before them.
const HIDDEN = /\u034f|\p{Variation_Selector}|[\p{Cf}\p{Me}\u115f\u1160\u2800\u3164\uffa0]/gu;
// No script needs more marks on one letter; more of them reach over what stands around the name.
const PILED = /(\p{M}{3})\p{M}+/gu;

/** A name as it can be shown; empty when nothing is left of it. */
export function cleanName(name: string): string {
  const clean = withoutUnprintable(name.normalize('NFC'))
    .replace(BADGES, '')
    .replace(HIDDEN, '')
    .replace(PILED, '$1')
    .replace(/^[~\s]+|\s+$/gu, '')
    .replace(/\s+/gu, ' ');
  return [...clean].slice(0, MAX_NAME).join('').trim();
}

/** Whether these are the bytes of a picture that can be shown: of a known format, small, of modest width and height. */
export function isPicture(bytes: Uint8Array): boolean {
  if (bytes.length > MAX_PICTURE_BYTES) return false;
  const [width = 0, height = 0] = sizeOf(bytes) ?? [];
  // A few bytes can stand for a thousand million pixels, which is found out only in drawing them.
  return width > 0 && height > 0 && width <= MAX_PICTURE_SIDE && height <= MAX_PICTURE_SIDE;
}

/** The MIME type of a picture, by its first bytes. */
export function pictureType(bytes: Uint8Array): 'image/png' | 'image/jpeg' | 'image/webp' | undefined {
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'image/png';
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return 'image/jpeg';
  const isRiff =
    startsWith(bytes, [0x52, 0x49, 0x46, 0x46]) && startsWith(bytes.subarray(8), [0x57, 0x45, 0x42, 0x50]);
  return isRiff ? 'image/webp' : undefined;
}

/** Width and height as the header has them, in pixels. */
function sizeOf(bytes: Uint8Array): readonly [number, number] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    switch (pictureType(bytes)) {
      case 'image/png':
        return [view.getUint32(16), view.getUint32(20)]; // IHDR comes first (PNG, 5.6)
      case 'image/jpeg':
        return jpegSize(view);
      case 'image/webp':
        return webpSize(view);
      default:
        return undefined;
    }
  } catch {
    return undefined; // it ends before its size
  }
}

/** From the frame header (ITU T.81, B.2.2). */
function jpegSize(view: DataView): readonly [number, number] | undefined {
  for (let at = 2; view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
  }
  return undefined;
}

/** From the first chunk (RFC 9649, 2.5 to 2.7; RFC 6386, 9.1). Moving pictures are none. */
function webpSize(view: DataView): readonly [number, number] | undefined {
  switch (view.getUint32(12)) {
    case 0x56503820: // "VP8 "
      return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
    case 0x5650384c: {
      // "VP8L"
      const bits = view.getUint32(21, true);
      return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
    }
    case 0x56503858: {
      // "VP8X"
      const isMoving = view.getUint8(20) & 2;
      const side = (at: number) => (view.getUint16(at, true) | (view.getUint8(at + 2) << 16)) + 1;
      return isMoving ? undefined : [side(24), side(27)];
    }
    default:
      return undefined;
  }
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, at) => bytes[at] === byte);
}
