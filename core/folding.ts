/**
 * Text as it is compared: capitals, accents and the width of letters do not count.
 *
 * Both sides of a comparison are brought into compatibility decomposition (UAX #15, NFKD), without combining
 * diacritics, in capitals.
 *
 * @module
 */
export function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toUpperCase();
}

/** The words of a query, folded: parted by white space. */
export function wordsOf(query: string): string[] {
  return folded(query).split(/\s+/u).filter(Boolean);
}

/** Whether a text holds every word, in any place and order. */
export function holdsAll(text: string, words: readonly string[]): boolean {
  const found = folded(text);
  return words.every((word) => found.includes(word));
}
