import { struct, u128, u8 } from '../chainx-types.mjs';
import { le } from '../values.mjs';

export const transactionPayment = {
  name: 'TransactionPayment',
  crate: 'pallet_transaction_payment',
  index: 7,
  storage: {
    NextFeeMultiplier: [
      struct('sp_arithmetic::fixed_point::FixedU128', [[u128, 'u128']]),
      le(10n ** 18n, 16),
    ],
  },
  constants: { OperationalFeeMultiplier: [u8, le(5, 1)] },
};
