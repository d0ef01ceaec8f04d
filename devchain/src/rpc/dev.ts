/**
 * `dev_*`: what only this chain has, for demos and tests.
 *
 * @module
 */
import { fund } from '../faucet.js';
import { headerJson } from '../header.js';
import { invalidParams } from '../rpc-error.js';
import { accountParam } from './account.js';
import { type Method, numberParam } from './method.js';

function amountParam(value: unknown): bigint {
  if (value === undefined || value === null) return 0n;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  if (typeof value === 'string' && /^\d{1,38}$/.test(value)) return BigInt(value);
  throw invalidParams('an amount is a whole number of base units');
}

export const devMethods: Record<string, Method> = {
  dev_fund: async (node, [address, gift]) => {
    const { pcx, xbtc } = (gift ?? {}) as { pcx?: unknown; xbtc?: unknown };
    const amounts = { pcx: amountParam(pcx), xbtc: amountParam(xbtc) };
    return { blockHash: (await fund(node, accountParam(address), amounts)) ?? null };
  },
  dev_newBlock: ({ author }) => {
    const { hash, header } = author.makeBlock();
    return { hash, header: headerJson(header) };
  },
  dev_forceReorg: ({ author }, [depth]) => {
    try {
      return { hash: author.reorganise(numberParam(depth ?? 1, 'a depth')).hash };
    } catch (error) {
      throw error instanceof RangeError ? invalidParams(error.message) : error;
    }
  },
};
