// The pallets of the local chain: ChainX's names, indices, calls, events, errors and storage, as far as they are here.
import {
  accountId,
  accountInfo,
  amount,
  assetId,
  assetInfo,
  assetType,
  bool,
  btreeMap,
  bytes,
  compact,
  compactAmount,
  dest,
  digest,
  dispatchError,
  dispatchInfo,
  hash,
  none,
  perClass,
  phase,
  restrictions,
  struct,
  typed,
  u128,
  u16,
  u32,
  u64,
  u8,
  variants,
  vec,
  version,
  who,
} from './chainx-types.mjs';
import { DEV_PREFIX, blockLength, encodedVersion, le, zeros } from './values.mjs';

/** Pallets: storage items are `[type, fallback]` or, for maps, `[type, fallback, {hasher: key}]`; no fallback is an option. */
export const PALLETS = [
  {
    name: 'System',
    index: 0,
    storage: {
      Account: [accountInfo, zeros(80), { Blake2128Concat: accountId }],
      ExtrinsicCount: [u32],
      BlockWeight: [perClass(u64), zeros(24)],
      AllExtrinsicsLen: [u32],
      BlockHash: [hash, zeros(32), { Twox64Concat: u32 }],
      ExtrinsicData: [bytes, zeros(1), { Twox64Concat: u32 }],
      Number: [u32, zeros(4)],
      ParentHash: [hash, zeros(32)],
      Digest: [digest, zeros(1)],
      Events: [() => vec(eventRecord()), zeros(1)],
      EventCount: [u32, zeros(4)],
      ExecutionPhase: [phase],
    },
    calls: {
      remark: { index: 1, fields: { remark: [bytes, 'Vec<u8>'] } },
      remark_with_event: { index: 7, fields: { remark: [bytes, 'Vec<u8>'] } },
    },
    events: {
      ExtrinsicSuccess: { index: 0, fields: { dispatch_info: [dispatchInfo, 'DispatchInfo'] } },
      ExtrinsicFailed: {
        index: 1,
        fields: {
          dispatch_error: [dispatchError, 'DispatchError'],
          dispatch_info: [dispatchInfo, 'DispatchInfo'],
        },
      },
      CodeUpdated: { index: 2 },
      NewAccount: { index: 3, fields: { account: who } },
      KilledAccount: { index: 4, fields: { account: who } },
      Remarked: { index: 5, fields: { sender: who, hash: [hash, 'T::Hash'] } },
    },
    errors: [
      'InvalidSpecName',
      'SpecVersionNeedsToIncrease',
      'FailedToExtractRuntimeVersion',
      'NonDefaultComposite',
      'NonZeroRefCount',
      'CallFiltered',
    ],
    constants: {
      BlockLength: [struct('frame_system::limits::BlockLength', { max: perClass(u32) }), blockLength()],
      BlockHashCount: [u32, le(2400, 4)],
      Version: [version, encodedVersion()],
      SS58Prefix: [u16, le(DEV_PREFIX, 2)],
    },
  },
  {
    name: 'Timestamp',
    index: 4,
    storage: { Now: [u64, zeros(8)], DidUpdate: [bool, zeros(1)] },
    calls: { set: { index: 0, fields: { now: [compact(u64), 'T::Moment'] } } },
    constants: { MinimumPeriod: [u64, le(3000, 8)] },
  },
  {
    name: 'Balances',
    index: 6,
    storage: { TotalIssuance: [u128, zeros(16)] },
    calls: {
      transfer: { index: 0, fields: { dest, value: compactAmount } },
      transfer_keep_alive: { index: 3, fields: { dest, value: compactAmount } },
      transfer_all: { index: 4, fields: { dest, keep_alive: [bool, 'bool'] } },
    },
    events: {
      Endowed: { account: who, free_balance: amount },
      DustLost: { account: who, amount },
      Transfer: { from: who, to: who, amount },
      BalanceSet: { who, free: amount, reserved: amount },
      Reserved: { who, amount },
      Unreserved: { who, amount },
      ReserveRepatriated: {
        from: who,
        to: who,
        amount,
        destination_status: [
          variants('frame_support::traits::tokens::misc::BalanceStatus', { Free: [], Reserved: [] }),
          'Status',
        ],
      },
      Deposit: { who, amount },
      Withdraw: { who, amount },
      Slashed: { who, amount },
    },
    errors: [
      'VestingBalance',
      'LiquidityRestrictions',
      'InsufficientBalance',
      'ExistentialDeposit',
      'KeepAlive',
      'ExistingVestingSchedule',
      'DeadAccount',
      'TooManyReserves',
    ],
    constants: {
      ExistentialDeposit: [u128, zeros(16)],
      MaxLocks: [u32, le(50, 4)],
      MaxReserves: [u32, le(50, 4)],
    },
  },
  {
    name: 'TransactionPayment',
    index: 7,
    storage: {
      NextFeeMultiplier: [
        struct('sp_arithmetic::fixed_point::FixedU128', [[u128, 'u128']]),
        le(10n ** 18n, 16),
      ],
    },
    constants: { OperationalFeeMultiplier: [u8, le(5, 1)] },
  },
  {
    name: 'XSystem',
    index: 24,
    storage: {
      Paused: [btreeMap(bytes, none), zeros(1), { Twox64Concat: bytes }],
      Blacklist: [none, undefined, { Blake2128Concat: accountId }],
    },
  },
  {
    name: 'XAssetsRegistrar',
    index: 25,
    storage: {
      AssetIdsOf: [vec(u32), zeros(1), { Twox64Concat: u8 }],
      AssetInfoOf: [assetInfo, undefined, { Twox64Concat: u32 }],
      AssetOnline: [bool, undefined, { Twox64Concat: u32 }],
      RegisteredAt: [u32, zeros(4), { Twox64Concat: u32 }],
    },
  },
  {
    name: 'XAssets',
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
  },
];

const CRATES = {
  System: 'frame_system',
  Timestamp: 'pallet_timestamp',
  Balances: 'pallet_balances',
  TransactionPayment: 'pallet_transaction_payment',
  XSystem: 'xpallet_system',
  XAssetsRegistrar: 'xpallet_assets_registrar',
  XAssets: 'xpallet_assets',
};

/** Calls, events and errors of a pallet as one enum type each. */
export function enumOf(pallet, part) {
  const described =
    part === 'errors' ? Object.fromEntries((pallet.errors ?? []).map((name) => [name, []])) : pallet[part];
  if (!described || Object.keys(described).length === 0) return undefined;
  const name = { calls: 'Call', events: 'Event', errors: 'Error' }[part];
  return variants(`${CRATES[pallet.name]}::pallet::${name}`, described);
}

/** The enum over all pallets. */
export function outer(part, name) {
  const inner = PALLETS.filter((pallet) => enumOf(pallet, part) !== undefined);
  const of = (pallet) => ({ index: pallet.index, fields: [enumOf(pallet, part)] });
  return variants(
    `chainx_runtime::${name}`,
    Object.fromEntries(inner.map((pallet) => [pallet.name, of(pallet)])),
  );
}

function eventRecord() {
  const event = outer('events', 'Event');
  return struct(
    'frame_system::EventRecord',
    { phase: [phase, 'Phase'], event: [event, 'E'], topics: [vec(hash), 'Vec<T>'] },
    { E: event, T: hash },
  );
}
