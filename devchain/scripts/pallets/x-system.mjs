import { accountId, btreeMap, bytes, none } from '../chainx-types.mjs';
import { zeros } from '../values.mjs';

export const xSystem = {
  name: 'XSystem',
  crate: 'xpallet_system',
  index: 24,
  storage: {
    Paused: [btreeMap(bytes, none), zeros(1), { Twox64Concat: bytes }],
    Blacklist: [none, undefined, { Blake2128Concat: accountId }],
  },
};
