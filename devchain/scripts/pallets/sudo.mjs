import { accountId, dispatchResult } from '../chainx-types.mjs';

export const sudo = {
  name: 'Sudo',
  crate: 'pallet_sudo',
  index: 39,
  storage: { Key: [accountId] },
  calls: (outer) => ({
    sudo: { index: 0, fields: { call: [outer('calls', 'Call'), 'Box<<T as Config>::Call>'] } },
  }),
  events: { Sudid: { index: 0, fields: { sudo_result: [dispatchResult, 'DispatchResult'] } } },
  errors: ['RequireSudo'],
};
