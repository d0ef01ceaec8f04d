import { dispatchError, u32, vec } from '../chainx-types.mjs';
import { le } from '../values.mjs';

/** Made when it is asked for: its calls hold all calls. */
const batch = (outer, index) => ({
  index,
  fields: { calls: [vec(outer('calls', 'Call')), 'Vec<<T as Config>::Call>'] },
});

export const utility = {
  name: 'Utility',
  crate: 'pallet_utility',
  index: 22,
  calls: (outer) => ({ batch: batch(outer, 0), batch_all: batch(outer, 2) }),
  events: {
    BatchInterrupted: { index: 0, fields: { index: [u32, 'u32'], error: [dispatchError, 'DispatchError'] } },
    BatchCompleted: { index: 1 },
    ItemCompleted: { index: 2 },
  },
  errors: ['TooManyCalls'],
  constants: { batched_calls_limit: [u32, le(10_922, 4)] },
};
