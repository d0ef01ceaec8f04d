import { accountId, assetId, bytes, struct, u128, u32, variants, who } from '../chainx-types.mjs';
import { zeros } from '../values.mjs';

export const memo = struct('xp_runtime::Memo', [[bytes, 'Vec<u8>']]);
const id = [u32, 'WithdrawalRecordId'];
const stateType = variants('xpallet_gateway_records::types::WithdrawalState', {
  Applying: [],
  Processing: [],
  NormalFinish: [],
  RootFinish: [],
  NormalCancel: [],
  RootCancel: [],
});
const state = [stateType, 'WithdrawalState'];
const record = struct(
  'xpallet_gateway_records::types::WithdrawalRecord',
  {
    asset_id: assetId,
    applicant: [accountId, 'AccountId'],
    balance: [u128, 'Balance'],
    addr: [bytes, 'AddrStr'],
    ext: [memo, 'Memo'],
    height: [u32, 'BlockNumber'],
  },
  { AccountId: accountId, Balance: u128, BlockNumber: u32 },
);

export const xGatewayRecords = {
  name: 'XGatewayRecords',
  crate: 'xpallet_gateway_records',
  index: 29,
  storage: {
    PendingWithdrawals: [record, undefined, { Twox64Concat: u32 }],
    WithdrawalStateOf: [stateType, undefined, { Twox64Concat: u32 }],
    NextWithdrawalRecordId: [u32, zeros(4)],
  },
  events: {
    Deposited: [who, assetId, [u128, 'BalanceOf<T>']],
    WithdrawalCreated: [id, [record, 'WithdrawalRecordOf<T>']],
    WithdrawalProcessed: [id],
    WithdrawalRecovered: [id],
    WithdrawalCanceled: [id, state],
    WithdrawalFinished: [id, state],
  },
  errors: [
    'NotExisted',
    'NotApplyingState',
    'NotProcessingState',
    'InvalidAccount',
    'InvalidState',
    'UnexpectedChain',
  ],
};
