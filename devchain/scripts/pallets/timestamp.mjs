import { bool, compact, u64 } from '../chainx-types.mjs';
import { le, zeros } from '../values.mjs';

export const timestamp = {
  name: 'Timestamp',
  crate: 'pallet_timestamp',
  index: 4,
  storage: { Now: [u64, zeros(8)], DidUpdate: [bool, zeros(1)] },
  calls: { set: { index: 0, fields: { now: [compact(u64), 'T::Moment'] } } },
  constants: { MinimumPeriod: [u64, le(3000, 8)] },
};
