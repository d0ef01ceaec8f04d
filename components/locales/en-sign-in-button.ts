/**
 * The texts of a sign-in button, in English: the few that are there before anything of signing in is loaded.
 *
 * @module
 */
import type { StringOverrides } from './en.js';

export interface SignInButtonStrings {
  signInButton: string;
  signInDone: (account: string) => string;
  signInMisconfigured: string;
  signInLoadFailed: string;
}

export const enSignInButton: SignInButtonStrings = {
  signInButton: 'Sign in with a wallet',
  signInDone: (account) => `Signed in as ${account}.`,
  signInMisconfigured: 'Signing in is not set up correctly. Tell the people who run this site.',
  signInLoadFailed: 'What is needed to sign in could not be loaded. Check your connection, then try again.',
};

/** The English texts with some of them replaced. */
export function signInButtonWords(overrides: StringOverrides | undefined): SignInButtonStrings {
  return { ...enSignInButton, ...overrides };
}
