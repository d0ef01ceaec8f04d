/**
 * The texts of a payment button, in English: the few that are there before anything of payment is loaded.
 *
 * @module
 */
import type { StringOverrides } from './en.js';

export interface PayButtonStrings {
  /** The amount is empty when the visitor chooses it. */
  payButton: (amount: string) => string;
  payMisconfigured: string;
  payLoadFailed: string;
}

export const enPayButton: PayButtonStrings = {
  payButton: (amount) => (amount ? `Pay ${amount}` : 'Pay'),
  payMisconfigured: 'This payment is not set up correctly. Tell the people who run this site.',
  payLoadFailed: 'What is needed to pay could not be loaded. Check your connection, then try again.',
};

/** The English texts with some of them replaced. */
export function payButtonWords(overrides: StringOverrides | undefined): PayButtonStrings {
  return { ...enPayButton, ...overrides };
}
