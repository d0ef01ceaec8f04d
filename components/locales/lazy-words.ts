/**
 * Joins texts that are loaded later to those that are always there, replacements included.
 *
 * @module
 */
import { withOverrides, type StringOverrides, type Strings } from './en.js';

/** Texts of a part that is loaded later, beside those of all elements. */
export type LazyWords<Own> = Strings & Own;

/** The texts of such a part, with the replacements that an element was given. */
export type WordsOf<Own> = (overrides: StringOverrides | undefined) => LazyWords<Own>;

/** Remembers the last answer: all elements of a page are given the same replacements as a rule. */
export function lazyWords<Own extends object>(
  own: Own,
  ownErrors: Readonly<Record<string, string>> = {},
): WordsOf<Own> {
  let last: { from: StringOverrides | undefined; words: LazyWords<Own> } | undefined;
  return (overrides) => {
    if (!last || last.from !== overrides) {
      const { errors, ...rest } = withOverrides(overrides);
      last = {
        from: overrides,
        words: { ...own, ...rest, errors: { ...ownErrors, ...errors } } as LazyWords<Own>,
      };
    }
    return last.words;
  };
}
