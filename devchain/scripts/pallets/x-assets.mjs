import {
  accountId,
  assetId,
  assetType,
  btreeMap,
  compact,
  dest,
  restrictions,
  typed,
  u128,
  u32,
  who,
} from '../chainx-types.mjs';
import { le, zeros } from '../values.mjs';

export const xAssets = {
  name: 'XAssets',
  crate: 'xpallet_assets',
  index: 26,
  storage: {
    AssetRestrictionsOf: [restrictions, zeros(4), { Twox64Concat: u32 }],
    AssetBalance: [btreeMap(assetType, u128), zeros(1), { Blake2128Concat: accountId, Twox64Concat: u32 }],
    TotalAssetBalance: [btreeMap(assetType, u128), zeros(1), { Twox64Concat: u32 }],
  },
  calls: {
    transfer: {
      index: 0,
      fields: { dest, id: [compact(u32), 'AssetId'], value: [compact(u128), 'BalanceOf<T>'] },
    },
  },
  events: {
    Moved: [assetId, who, typed, who, typed, [u128, 'BalanceOf<T>']],
    Issued: [assetId, who, [u128, 'BalanceOf<T>']],
    Destroyed: [assetId, who, [u128, 'BalanceOf<T>']],
    BalanceSet: [assetId, who, typed, [u128, 'BalanceOf<T>']],
  },
  errors: [
    'InvalidAsset',
    'Overflow',
    'InsufficientBalance',
    'LiquidityRestrictions',
    'AmountIntoBalanceFailed',
    'TotalAssetOverflow',
    'TotalAssetInsufficientBalance',
    'DenyNativeAsset',
    'ActionNotAllowed',
    'StillHasActiveReserved',
  ],
  constants: { NativeAssetId: [u32, le(0, 4)] },
};
