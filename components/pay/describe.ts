/**
 * A payment in one line, for those who have no payments loaded.
 *
 * @module
 */
import type { Payment } from '../../core/client.js';
import type { StringOverrides } from '../locales/en.js';
import { payWords } from '../locales/en-pay.js';
import { amountOf, isDone, paymentLine, standing } from './lines.js';

/** What and how much, neutrally: for lists and for reading out. */
export function describePayment(payment: Payment, strings: StringOverrides | undefined): string {
  return paymentLine(payment, payWords(strings));
}

/** How much, and how it stands. */
export function describeStanding(
  payment: Payment,
  name: string,
  strings: StringOverrides | undefined,
): string {
  const words = payWords(strings);
  const amount = amountOf(payment, words);
  return isDone(payment)
    ? words.payDone(amount, name)
    : words.payStanding(amount, standing(payment, name, words).text);
}
