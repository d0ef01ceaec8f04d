import { accountId, address, bool, btreeMap, bytes, none, option, who } from '../chainx-types.mjs';
import { zeros } from '../values.mjs';

export const xSystem = {
  name: 'XSystem',
  crate: 'xpallet_system',
  index: 24,
  storage: {
    Paused: [btreeMap(bytes, none), zeros(1), { Twox64Concat: bytes }],
    Blacklist: [bool, zeros(1), { Blake2128Concat: accountId }],
  },
  calls: {
    modify_paused: {
      index: 0,
      fields: {
        pallet: [bytes, 'Vec<u8>'],
        call: [option(bytes), 'Option<Vec<u8>>'],
        should_paused: [bool, 'bool'],
      },
    },
    toggle_blacklist: {
      index: 1,
      fields: { who: [address, '<T::Lookup as StaticLookup>::Source'], should_blacklist: [bool, 'bool'] },
    },
  },
  events: { Blacklisted: [who], Unblacklisted: [who] },
};
