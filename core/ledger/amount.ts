/**
 * Amounts: whole base units as bigint, and their one decimal text.
 *
 * Money is never a floating-point number here, and a text that could be read in two ways is refused
 * rather than guessed at.
 *
 * @module
 */
import { ComingError } from '../errors.js';

/** The most that a chain can count: 2^128 - 1 base units. */
export const MAX_AMOUNT = 2n ** 128n - 1n;

/** More would not fit into 128 bits anyway. */
export const MAX_DECIMALS = 38;

// ASCII digits with at most one point between them. Deliberately none of: signs, exponents, spaces, commas,
// grouping, digits of other scripts, `.5`, `5.`, `007`.
const PLAIN_DECIMAL = /^(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;

export interface ParseOptions {
  /** Zero is refused otherwise. */
  readonly allowZero?: boolean;
}

/**
 * Reads what a person typed as an amount of an asset with so many decimals.
 *
 * @throws ComingError `amount-malformed`, `amount-too-precise` (more decimals than the asset has, be they
 *   zeros), `amount-zero`, `amount-too-large`
 */
export function parseAmount(text: string, decimals: number, options: ParseOptions = {}): bigint {
  requireDecimals(decimals);
  const match = PLAIN_DECIMAL.exec(text);
  if (!match) throw new ComingError('amount-malformed', 'not a plain decimal number');
  const [, whole = '', fraction = ''] = match;
  if (fraction.length > decimals) {
    throw new ComingError('amount-too-precise', `the asset has ${decimals} decimals`);
  }
  const digits = whole + fraction.padEnd(decimals, '0');
  // Reading digits into a bigint takes quadratic time: not for a text that cannot fit.
  const amount = whole.length > MAX_DECIMALS + 1 ? undefined : BigInt(digits);
  if (amount === undefined || amount > MAX_AMOUNT) {
    throw new ComingError('amount-too-large', 'more than 2^128 - 1 base units');
  }
  if (amount === 0n && !options.allowZero) throw new ComingError('amount-zero', 'nothing to pay');
  return amount;
}

/**
 * The exact decimal text, without trailing zeros; {@link parseAmount} reads it back.
 *
 * @param shownDecimals - Cuts off what comes after so many decimals, always downwards: nobody is shown more
 *   than there is. An amount that would look like nothing is shown whole.
 */
export function formatAmount(amount: bigint, decimals: number, shownDecimals = decimals): string {
  requireDecimals(decimals);
  requireAmount(amount);
  const digits = amount.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const exact = digits.slice(digits.length - decimals);
  const shown = exact.slice(0, Math.max(0, shownDecimals));
  const text = join(whole, shown);
  return text === '0' ? join(whole, exact) : text;
}

/** Whether this can be an amount at all. */
export function isAmount(amount: unknown): amount is bigint {
  return typeof amount === 'bigint' && amount >= 0n && amount <= MAX_AMOUNT;
}

function join(whole: string, fraction: string): string {
  const kept = fraction.replace(/0+$/, '');
  return kept === '' ? whole : `${whole}.${kept}`;
}

function requireAmount(amount: bigint): void {
  if (!isAmount(amount)) throw new RangeError('not an amount');
}

function requireDecimals(decimals: number): void {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > MAX_DECIMALS) {
    throw new RangeError(`an asset has 0 to ${MAX_DECIMALS} decimals`);
  }
}
