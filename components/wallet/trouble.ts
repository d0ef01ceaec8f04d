/**
 * What can be in the way of a wallet, and what to do about it.
 *
 * @module
 */
import type { ErrorCode } from '../../core/errors.js';
import { errorText } from '../locales/en.js';
import type { WalletWords } from '../locales/en-wallet.js';
import { hasWallet, isLocked } from './wallet.js';

/** What went wrong, for a person: what happened, and what to do next. */
export class Trouble extends Error {
  constructor(
    readonly title: string,
    readonly text: string,
    /** Not a trouble any more: it is over. */
    readonly isOver = false,
  ) {
    super(title);
  }
}

/** @param error - What the wallet threw, if it did */
export function troubleOf(code: ErrorCode, words: WalletWords, error?: unknown): Trouble {
  if (isLocked(error)) return new Trouble(words.walletLockedTitle, words.walletLockedText);
  if (!hasWallet()) return new Trouble(words.walletMissingTitle, words.walletMissingText);
  const titles: Partial<Record<ErrorCode, string>> = {
    'wallet-no-accounts': words.walletNoAccountsTitle,
    'wallet-refused': words.walletRefusedTitle,
    'rate-limited': words.walletTooFastTitle,
  };
  return new Trouble(titles[code] ?? words.walletFailedTitle, errorText(words, code));
}
