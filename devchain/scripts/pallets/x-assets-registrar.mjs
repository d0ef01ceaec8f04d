import { assetInfo, bool, u32, u8, vec } from '../chainx-types.mjs';
import { zeros } from '../values.mjs';

export const xAssetsRegistrar = {
  name: 'XAssetsRegistrar',
  crate: 'xpallet_assets_registrar',
  index: 25,
  storage: {
    AssetIdsOf: [vec(u32), zeros(1), { Twox64Concat: u8 }],
    AssetInfoOf: [assetInfo, undefined, { Twox64Concat: u32 }],
    AssetOnline: [bool, undefined, { Twox64Concat: u32 }],
    RegisteredAt: [u32, zeros(4), { Twox64Concat: u32 }],
  },
};
