import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAmount, isAmount, MAX_AMOUNT, MAX_DECIMALS, parseAmount } from '../../../core/ledger/index.js';
import { refusal } from '../../support/codes.js';

const code = (text: string, decimals = 8) => refusal(() => parseAmount(text, decimals));

const decimals = fc.integer({ min: 0, max: MAX_DECIMALS });
const amounts = fc.oneof(
  fc.bigInt({ min: 0n, max: MAX_AMOUNT }),
  fc.bigInt({ min: 0n, max: 10n ** 12n }),
  fc.constantFrom(0n, 1n, 10n ** 8n, MAX_AMOUNT - 1n, MAX_AMOUNT),
);

describe('reading an amount', () => {
  it.each([
    ['1', 8, 100_000_000n],
    ['0.00000001', 8, 1n],
    ['0.5', 8, 50_000_000n],
    ['21000000', 8, 2_100_000_000_000_000n],
    ['1.50', 8, 150_000_000n],
    ['7', 0, 7n],
    ['340282366920938463463374607431768211455', 0, MAX_AMOUNT],
    ['3.40282366920938463463374607431768211455', 38, MAX_AMOUNT],
  ])('takes %s with %i decimals', (text, places, amount) => {
    expect(parseAmount(text, places)).toBe(amount);
  });

  it.each([
    ['nothing', ''],
    ['a space', ' '],
    ['a space before', ' 1'],
    ['a space behind', '1 '],
    ['a line break behind', '1\n'],
    ['a plus sign', '+1'],
    ['a minus sign', '-1'],
    ['a real minus', '\u22121'],
    ['an exponent', '1e3'],
    ['a capital exponent', '1E3'],
    ['a comma for the point', '0,5'],
    ['grouping with commas', '1,000'],
    ['grouping with apostrophes', "1'000"],
    ['grouping with underscores', '1_000'],
    ['grouping with points', '1.000.000'],
    ['grouping with thin spaces', '1\u2009000'],
    ['no digit before the point', '.5'],
    ['no digit behind the point', '5.'],
    ['only a point', '.'],
    ['leading zeros', '007'],
    ['hexadecimal', '0x10'],
    ['a bigint', '1n'],
    ['a symbol', '1 XBTC'],
    ['full-width digits', '\uff11\uff12'],
    ['a full-width point', '1\uff0e5'],
    ['Arabic digits', '\u0661'],
    ['Arabic decimal separator', '1\u066b5'],
    ['infinity', 'Infinity'],
    ['no number', 'NaN'],
    ['an invisible character', '1\u200b0'],
    ['a direction mark', '\u202e01'],
  ])('refuses %s', async (_, text) => {
    expect(await code(text)).toBe('amount-malformed');
  });

  it('refuses more decimals than the asset has, be they zeros', async () => {
    expect(await code('0.000000001')).toBe('amount-too-precise');
    expect(await code('1.000000000')).toBe('amount-too-precise');
    expect(await code('1.0', 0)).toBe('amount-too-precise');
  });

  it('refuses zero, unless it may be', async () => {
    expect(await code('0')).toBe('amount-zero');
    expect(await code('0.00000000')).toBe('amount-zero');
    expect(parseAmount('0', 8, { allowZero: true })).toBe(0n);
  });

  it('refuses more than 128 bits can count, however long', async () => {
    expect(await code('340282366920938463463374607431768211456', 0)).toBe('amount-too-large');
    expect(await code('3402823669209384634633746074317.68211456', 8)).toBe('amount-too-large');
    const began = performance.now();
    expect(await code(`1${'0'.repeat(1_000_000)}`)).toBe('amount-too-large');
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('refuses or reads any text, but never guesses', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789.,+-eE _x') })),
        (text) => {
          let amount;
          try {
            amount = parseAmount(text, 8, { allowZero: true });
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/^amount-/) as string });
            return;
          }
          expect(isAmount(amount)).toBe(true);
          expect(Number(text)).toBeCloseTo(Number(amount) / 1e8, 5);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('wants a sensible number of decimals', () => {
    for (const wrong of [-1, 1.5, MAX_DECIMALS + 1, Number.NaN]) {
      expect(() => parseAmount('1', wrong)).toThrow(RangeError);
    }
  });
});

describe('writing an amount', () => {
  it.each([
    [0n, 8, '0'],
    [1n, 8, '0.00000001'],
    [100_000_000n, 8, '1'],
    [150_000_000n, 8, '1.5'],
    [123n, 0, '123'],
    [100n, 0, '100'],
  ])('%i with %i decimals', (amount, places, text) => {
    expect(formatAmount(amount, places)).toBe(text);
  });

  it('is the inverse of reading', () => {
    fc.assert(
      fc.property(amounts, decimals, (amount, places) => {
        const text = formatAmount(amount, places);
        expect(parseAmount(text, places, { allowZero: true })).toBe(amount);
        expect(text).not.toMatch(/\.\d*0$|\.$/);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads what was written with trailing zeros to the same amount', () => {
    fc.assert(
      fc.property(amounts, decimals, (amount, places) => {
        const text = formatAmount(amount, places);
        const [whole, fraction = ''] = text.split('.');
        const padded = places === 0 ? text : `${whole}.${fraction.padEnd(places, '0')}`;
        expect(parseAmount(padded, places, { allowZero: true })).toBe(amount);
      }),
    );
  });

  it('never shows more than there is, nor nothing where there is something', () => {
    fc.assert(
      fc.property(
        amounts,
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 0, max: 20 }),
        (amount, places, shown) => {
          const text = formatAmount(amount, places, shown);
          const read = parseAmount(text, places, { allowZero: true });
          expect(read).toBeLessThanOrEqual(amount);
          expect(read === 0n).toBe(amount === 0n);
          const lost = amount - read;
          expect(lost < 10n ** BigInt(Math.max(0, places - shown))).toBe(true);
        },
      ),
    );
    expect(formatAmount(199_999_999n, 8, 2)).toBe('1.99');
    expect(formatAmount(1n, 8, 2)).toBe('0.00000001');
  });

  it('refuses what is no amount', () => {
    expect(() => formatAmount(-1n, 8)).toThrow(RangeError);
    expect(() => formatAmount(MAX_AMOUNT + 1n, 8)).toThrow(RangeError);
    expect(() => formatAmount(1 as never, 8)).toThrow(RangeError);
  });
});
