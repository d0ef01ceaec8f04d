import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partsOf } from '../../components/chat/marks.js';
import { folded, holdsAll, wordsOf } from '../../core/folding.js';

const marked = (text: string, query: string) =>
  partsOf(text, wordsOf(query))
    .filter(({ isFound }) => isFound)
    .map(({ text: part }) => part);

describe('what was looked for, in a text', () => {
  it.each([
    ['Tea on Sunday, tea on Monday', 'tea', ['Tea', 'tea']],
    ['Tea on Sunday', 'sun te', ['Te', 'Sun']],
    ['Café au lait', 'cafe', ['Café']],
    ['Cafe\u0301 au lait', 'CAFÉ', ['Cafe\u0301']],
    ['Straße', 'strasse', ['Straße']],
    ['ｗｉｄｅ', 'wide', ['ｗｉｄｅ']],
    ['aaaa', 'aa', ['aaaa']],
    ['👍🏽 yes', 'yes', ['yes']],
    ['no', 'yes', []],
  ])('is marked in %j for %j', (text, query, found) => {
    expect(marked(text, query)).toEqual(found);
  });

  it('is marked in the text as it was written, nothing of which is lost', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.array(fc.string({ unit: 'grapheme', maxLength: 3 })),
        (text, words) => {
          const parts = partsOf(text, wordsOf(words.join(' ')));
          expect(parts.map((part) => part.text).join('')).toBe(text);
          for (const [at, part] of parts.entries()) expect(part.isFound).not.toBe(parts[at + 1]?.isFound);
        },
      ),
    );
  });

  it('is marked wherever a message with it is found, and nowhere else', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'A', 'á', 'b', ' ', 'ß', 's') });
    fc.assert(
      fc.property(text, text, (said, query) => {
        const words = wordsOf(query);
        const found = marked(said, query);
        if (words.length > 0 && holdsAll(said, words)) expect(found.length).toBeGreaterThan(0);
        if (!words.some((word) => folded(said).includes(word))) expect(found).toEqual([]);
      }),
    );
  });
});
