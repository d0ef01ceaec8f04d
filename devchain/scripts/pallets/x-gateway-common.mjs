import {
  accountId,
  bytes,
  chain,
  compact,
  option,
  struct,
  tuple,
  u128,
  u16,
  u32,
  u64,
  vec,
} from '../chainx-types.mjs';
import { zeros } from '../values.mjs';
import { memo } from './x-gateway-records.mjs';

const session = struct(
  'xpallet_gateway_common::types::GenericTrusteeSessionInfo',
  [
    [
      struct('xp_gateway_common::TrusteeSessionInfo', {
        trustee_list: [vec(tuple(accountId, u64)), 'Vec<(AccountId, u64)>'],
        threshold: [u16, 'u16'],
        hot_address: [bytes, 'TrusteeAddress'],
        cold_address: [bytes, 'TrusteeAddress'],
        multi_account: [option(accountId), 'Option<AccountId>'],
        start_height: [option(u32), 'Option<BlockNumber>'],
        end_height: [option(u32), 'Option<BlockNumber>'],
      }),
      'TrusteeSessionInfo',
    ],
  ],
  { AccountId: accountId, BlockNumber: u32 },
);

export const xGatewayCommon = {
  name: 'XGatewayCommon',
  crate: 'xpallet_gateway_common',
  index: 30,
  storage: {
    TrusteeSessionInfoLen: [u32, zeros(4), { Twox64Concat: chain }],
    TrusteeSessionInfoOf: [session, undefined, [{ Twox64Concat: chain }, { Twox64Concat: u32 }]],
    AddressBindingOf: [accountId, undefined, { Twox64Concat: chain, Blake2128Concat: bytes }],
    BoundAddressOf: [vec(bytes), zeros(1), { Blake2128Concat: accountId, Twox64Concat: chain }],
  },
  calls: {
    withdraw: {
      index: 0,
      fields: {
        asset_id: [compact(u32), 'AssetId'],
        value: [compact(u128), 'BalanceOf<T>'],
        addr: [bytes, 'AddrStr'],
        ext: [memo, 'Memo'],
      },
    },
    cancel_withdrawal: { index: 1, fields: { id: [u32, 'WithdrawalRecordId'] } },
  },
  errors: [
    'InvalidWithdrawal',
    'InvalidGenericData',
    'InvalidTrusteeSession',
    'InvalidAboutLen',
    'InvalidMultisig',
    'NotSupportedChain',
    'DuplicatedAccountId',
    'NotRegistered',
  ],
};
