import { amount, bool, compactAmount, dest, u128, u32, variants, who } from '../chainx-types.mjs';
import { le, zeros } from '../values.mjs';

export const balances = {
  name: 'Balances',
  crate: 'pallet_balances',
  index: 6,
  storage: { TotalIssuance: [u128, zeros(16)] },
  calls: {
    transfer: { index: 0, fields: { dest, value: compactAmount } },
    transfer_keep_alive: { index: 3, fields: { dest, value: compactAmount } },
    transfer_all: { index: 4, fields: { dest, keep_alive: [bool, 'bool'] } },
  },
  events: {
    Endowed: { account: who, free_balance: amount },
    DustLost: { account: who, amount },
    Transfer: { from: who, to: who, amount },
    BalanceSet: { who, free: amount, reserved: amount },
    Reserved: { who, amount },
    Unreserved: { who, amount },
    ReserveRepatriated: {
      from: who,
      to: who,
      amount,
      destination_status: [
        variants('frame_support::traits::tokens::misc::BalanceStatus', { Free: [], Reserved: [] }),
        'Status',
      ],
    },
    Deposit: { who, amount },
    Withdraw: { who, amount },
    Slashed: { who, amount },
  },
  errors: [
    'VestingBalance',
    'LiquidityRestrictions',
    'InsufficientBalance',
    'ExistentialDeposit',
    'KeepAlive',
    'ExistingVestingSchedule',
    'DeadAccount',
    'TooManyReserves',
  ],
  constants: {
    ExistentialDeposit: [u128, zeros(16)],
    MaxLocks: [u32, le(50, 4)],
    MaxReserves: [u32, le(50, 4)],
  },
};
