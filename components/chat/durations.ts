/**
 * Lengths of time in words, in the language of the reader.
 *
 * @module
 */
const UNITS = [
  ['week', 7 * 24 * 3600],
  ['day', 24 * 3600],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** In the largest unit that it is a whole number of: `1 day`, `90 seconds`. */
export function durationText(locale: string | undefined, seconds: number): string {
  const [unit, size] = UNITS.find(([, length]) => seconds % length === 0)!;
  const options = { style: 'unit', unit, unitDisplay: 'long' } as const;
  try {
    return new Intl.NumberFormat(locale, options).format(seconds / size);
  } catch {
    return new Intl.NumberFormat(undefined, options).format(seconds / size);
  }
}
