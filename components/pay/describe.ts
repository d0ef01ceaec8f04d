/**
 * A payment in one line, for those who have no payments loaded.
 *
 * @module
 */
import type { Payment } from '../../core/client.js';
import type { StringOverrides } from '../locales/en.js';
import { payWords } from '../locales/en-pay.js';
import { paymentLine, standing } from './lines.js';

/** What and how much, neutrally: for lists and for reading out. */
export function describePayment(payment: Payment, strings: StringOverrides | undefined): string {
  return paymentLine(payment, payWords(strings));
}

/** How it stands. */
export function describeStanding(
  payment: Payment,
  name: string,
  strings: StringOverrides | undefined,
): string {
  return standing(payment, name, payWords(strings)).text;
}
