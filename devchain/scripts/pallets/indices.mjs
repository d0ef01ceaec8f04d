import { accountId, bool, tuple, u128, u32, who } from '../chainx-types.mjs';
import { DOLLAR, le } from '../values.mjs';

const index = [u32, 'T::AccountIndex'];

export const indices = {
  name: 'Indices',
  crate: 'pallet_indices',
  index: 5,
  storage: { Accounts: [tuple(accountId, u128, bool), undefined, { Blake2128Concat: u32 }] },
  calls: {
    claim: { index: 0, fields: { index } },
    transfer: { index: 1, fields: { new: who, index } },
    free: { index: 2, fields: { index } },
    freeze: { index: 4, fields: { index } },
  },
  events: {
    IndexAssigned: { index: 0, fields: { who, index } },
    IndexFreed: { index: 1, fields: { index } },
    IndexFrozen: { index: 2, fields: { index, who } },
  },
  errors: ['NotAssigned', 'NotOwner', 'InUse', 'NotTransfer', 'Permanent'],
  constants: { Deposit: [u128, le(DOLLAR, 16)] },
};
