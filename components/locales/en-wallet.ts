/**
 * Every text about choosing an account of a wallet, in English; loaded when somebody asks for a wallet.
 *
 * @module
 */
import { lazyWords, type LazyWords, type WordsOf } from './lazy-words.js';

/** The texts while a wallet is asked for an account and a signature. */
export interface WalletStrings {
  connectingWallet: string;
  /** After a while in which the wallet said nothing. */
  walletSilent: string;
  chooseAccount: string;
  unnamedAccount: string;
  inWallet: (wallet: string) => string;
  walletMissingTitle: string;
  walletMissingText: string;
  walletMissingWatching: string;
  walletArrivedTitle: string;
  walletArrivedText: string;
  walletNoAccountsTitle: string;
  walletRefusedTitle: string;
  walletLockedTitle: string;
  walletLockedText: string;
  walletGoneTitle: string;
  walletGoneText: (account: string) => string;
  walletOtherAccountTitle: string;
  walletOtherAccountText: (comingId: string) => string;
  walletTooFastTitle: string;
  walletFailedTitle: string;

  // signing in to a site
  signInTitleOf: (site: string) => string;
  signInExplained: string;
  signInAsks: (site: string) => string;
  signInChecking: (site: string) => string;
  signInRefusedTitle: (site: string) => string;
  signInRefusedText: string;
  signInSiteFailedTitle: (site: string) => string;
  signInSiteFailedText: string;
  signInInsecureTitle: string;
  signInInsecureText: string;
  signInWrongTitle: string;
  signInWrongText: string;
}

export type WalletWords = LazyWords<WalletStrings>;

export const enWallet: WalletStrings = {
  connectingWallet: 'Waiting for your wallet. Allow this page to see an account.',
  walletSilent:
    'Nothing opened? Your wallet may be locked, or its window may be behind this one. Open it from the browser’s toolbar.',
  chooseAccount: 'Which account do you want to use?',
  unnamedAccount: 'Unnamed account',
  inWallet: (wallet) => `in ${wallet}`,
  walletMissingTitle: 'No wallet found',
  walletMissingText:
    'No wallet extension was found in this browser. Install one, then come back to this page.',
  walletMissingWatching: 'This page looks again by itself while this is open.',
  walletArrivedTitle: 'Your wallet is here now',
  walletArrivedText: 'It took a moment to load. You can go on.',
  walletNoAccountsTitle: 'No account to use',
  walletRefusedTitle: 'Not confirmed',
  walletLockedTitle: 'Your wallet is locked',
  walletLockedText: 'Open it from the browser’s toolbar and unlock it, then try again.',
  walletGoneTitle: 'That account is gone',
  walletGoneText: (account) =>
    `Your wallet stopped sharing ${account} with this page. Nothing was signed. Choose an account again.`,
  walletOtherAccountTitle: 'Another account is needed',
  walletOtherAccountText: (comingId) =>
    `This page asks for the account ${comingId}, and your wallet does not share it. Allow it for this page in the wallet, then try again.`,
  walletTooFastTitle: 'Too fast for your wallet',
  walletFailedTitle: 'That did not work',

  signInTitleOf: (site) => `Sign in to ${site}`,
  signInExplained:
    'Your wallet proves that an account is yours. It pays nothing, and nobody can read your messages with it.',
  signInAsks: (site) => `Your wallet shows a text that begins with “${site}”. Confirm it there.`,
  signInChecking: (site) => `${site} is checking the signature…`,
  signInRefusedTitle: (site) => `${site} did not let you in`,
  signInRefusedText:
    'The signature arrived, but this site did not accept it. Try again, or use another account.',
  signInSiteFailedTitle: (site) => `${site} did not answer`,
  signInSiteFailedText: 'This site could not begin the sign-in. Check your connection, then try again.',
  signInInsecureTitle: 'Not on this page',
  signInInsecureText:
    'Signing in works only on pages with an address that begins with https. Tell the people who run this site.',
  signInWrongTitle: 'Not set up correctly',
  signInWrongText: 'This site gave nothing that can be signed. Tell the people who run it.',
};

export const walletWords: WordsOf<WalletStrings> = lazyWords(enWallet);
