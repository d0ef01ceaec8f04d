/**
 * An account as twelve words: BIP-39 in English, and Substrate's way from words to a key.
 *
 * Substrate runs PBKDF2 over the entropy that the words stand for, not over the words, so the same
 * words give the same ed25519 account here and in polkadot{.js}. Loaded only by who needs it: the
 * list of words is heavy.
 *
 * @module
 */
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { WordsError } from '../words-error.js';
import type { GuestAccount } from './account.js';
import { guestOfEntropy } from './entropy.js';

const COUNTS = [12, 15, 18, 21, 24];

/**
 * Twelve new words.
 *
 * @param entropy - 16 random bytes
 */
export function newWords(entropy: Uint8Array): string[] {
  if (entropy.length !== 16) throw new RangeError('twelve words hold 16 bytes');
  return wordsOf(entropy);
}

/**
 * The words in what somebody typed or pasted: in any case, with any white space between them.
 *
 * @throws WordsError `words-incomplete`, `unknown-word` with the position of the first, `words-mismatch`
 */
export function readWords(typed: string): string[] {
  // Longer than 24 of the longest words, however they are spaced.
  if (typed.length > 1024) throw new WordsError('words-incomplete');
  const words = typed.normalize('NFKD').toLowerCase().split(/\s+/).filter(Boolean);
  const unknown = words.findIndex((word) => !wordlist.includes(word));
  if (unknown >= 0) throw new WordsError('unknown-word', unknown + 1);
  if (!COUNTS.includes(words.length)) throw new WordsError('words-incomplete');
  entropyOf(words).fill(0);
  return words;
}

/**
 * The account of some words.
 *
 * @param password - polkadot{.js} writes it behind `///`; empty as a rule
 * @throws WordsError as {@link readWords}
 */
export async function accountOfWords(typed: string, password = ''): Promise<GuestAccount> {
  const entropy = entropyOf(readWords(typed));
  const guest = await guestOfEntropy(entropy, password);
  entropy.fill(0);
  return guest;
}

/** The words of some entropy. */
export function wordsOf(entropy: Uint8Array): string[] {
  return entropyToMnemonic(entropy, wordlist).split(' ');
}

/**
 * The 16 to 32 bytes that words stand for; secret.
 *
 * @throws WordsError `words-mismatch`
 */
export function entropyOf(words: readonly string[]): Uint8Array {
  try {
    return mnemonicToEntropy(words.join(' '), wordlist);
  } catch {
    throw new WordsError('words-mismatch');
  }
}
