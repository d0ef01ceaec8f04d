import { describe, expect, it } from 'vitest';
import { problemOf, readRefusal } from '../../../core/ledger/substrate/refusals.js';
import { RpcError } from '../../../core/ledger/substrate/rpc-socket.js';

const invalid = (data: string) => readRefusal(new RpcError(1010, 'Invalid Transaction', data));

describe('what a node says no with', () => {
  // The words of Substrate's TransactionValidityError.
  it.each([
    ['Custom error: 255', 'call-paused'],
    ['Custom error: 254', 'account-blacklisted'],
    ['Custom error: 25', 'transfer-refused'],
    ['Inability to pay some fees (e.g. account balance too low)', 'insufficient-fee-balance'],
    ['Inability to pay some fees , e.g. account balance too low', 'insufficient-fee-balance'],
    ['Transaction is outdated', 'transfer-outdated'],
    ['Transaction has an ancient birth block', 'transfer-outdated'],
    ['Transaction has a bad signature', 'transfer-refused'],
    ['Transaction call is not expected', 'transfer-refused'],
    ['Transaction would exhaust the block limits', 'transfer-refused'],
  ])('%s: %s', (data, code) => {
    expect(invalid(data)).toEqual({ kind: 'refused', problem: { code, chainError: data } });
  });

  it('knows what is no refusal', () => {
    expect(readRefusal(new RpcError(1013, 'Transaction Already Imported', ''))).toEqual({ kind: 'known' });
    for (const code of [1011, 1012, 1016, 1018, -32603, 0, Number.NaN]) {
      expect(readRefusal(new RpcError(code, 'x', ''))).toEqual({ kind: 'later' });
    }
  });

  it('reads the message where there is no data', () => {
    expect(readRefusal(new RpcError(1010, 'Invalid Transaction: Custom error: 255', ''))).toMatchObject({
      problem: { code: 'call-paused' },
    });
  });
});

describe('what a chain did not carry out', () => {
  it.each([
    ['XAssets.InsufficientBalance', 'insufficient-balance'],
    ['Balances.InsufficientBalance', 'insufficient-balance'],
    ['Token.NoFunds', 'insufficient-balance'],
    ['Token.FundsUnavailable', 'insufficient-balance'],
    ['XAssets.InvalidAsset', 'transfer-failed'],
    ['Assets.BalanceLow', 'insufficient-balance'],
    ['Token.BelowMinimum', 'amount-below-minimum'],
    ['Balances.ExistentialDeposit', 'amount-below-minimum'],
    ['Token.CannotCreate', 'amount-below-minimum'],
    ['System.CallFiltered', 'call-paused'],
    ['BadOrigin', 'transfer-failed'],
  ])('%s: %s', (chainError, code) => {
    expect(problemOf(chainError)).toEqual({ code, chainError });
  });
});
