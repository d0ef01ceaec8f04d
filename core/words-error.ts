/**
 * What is wrong with somebody's words; apart from the list of words, which is heavy.
 *
 * @module
 */
import { ComingError, type SeldomErrorCode } from './errors.js';

/** Words that do not stand for an account. Holds none of them. */
export class WordsError extends ComingError<SeldomErrorCode> {
  constructor(
    code: 'words-incomplete' | 'unknown-word' | 'words-mismatch',
    /** Which word is unknown, from 1; for `unknown-word` only. */
    readonly position?: number,
  ) {
    super(code, 'the words stand for no account');
  }
}
