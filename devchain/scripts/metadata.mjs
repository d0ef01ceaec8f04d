// The metadata of the local chain's runtime: ChainX's names, indices and layouts, as metadata v14.
import { metadata as codec, Twox128 } from '@polkadot-api/substrate-bindings';
import { typeRegistry } from './types.mjs';

const SPEC_VERSION = 34;
const TRANSACTION_VERSION = 7;
const DEV_PREFIX = 42;

/** Runtime APIs and their versions; a name stands as the first 8 bytes of its Blake2b hash. */
const APIS = [
  ['df6acb689907609b', 4], // Core
  ['37e397fc7c91f5e4', 1], // Metadata
  ['40fe3ad401f8959a', 6], // BlockBuilder
  ['d2bc9897eed08f15', 3], // TaggedTransactionQueue
  ['bc9d89904f5b923f', 1], // AccountNonceApi
  ['37c8bb1350a9a2a8', 1], // TransactionPaymentApi
];

const types = typeRegistry();
const { primitive, vec, array, tuple, compact, struct, variants } = types;

const u8 = primitive('u8');
const u16 = primitive('u16');
const u32 = primitive('u32');
const u64 = primitive('u64');
const u128 = primitive('u128');
const bool = primitive('bool');
const text = primitive('str');
const bytes = vec(u8);
const none = tuple();

const accountId = struct('sp_core::crypto::AccountId32', [[array(32, u8), '[u8; 32]']]);
const hash = struct('primitive_types::H256', [[array(32, u8), '[u8; 32]']]);
const address = variants(
  'sp_runtime::multiaddress::MultiAddress',
  {
    Id: [[accountId, 'AccountId']],
    Index: [[compact(u32), 'AccountIndex']],
    Raw: [[bytes, 'Vec<u8>']],
    Address32: [[array(32, u8), '[u8; 32]']],
    Address20: [[array(20, u8), '[u8; 20]']],
  },
  { AccountId: accountId, AccountIndex: u32 },
);
const signature = variants('sp_runtime::MultiSignature', {
  Ed25519: [[struct('sp_core::ed25519::Signature', [[array(64, u8), '[u8; 64]']]), 'ed25519::Signature']],
  Sr25519: [[struct('sp_core::sr25519::Signature', [[array(64, u8), '[u8; 64]']]), 'sr25519::Signature']],
  Ecdsa: [[struct('sp_core::ecdsa::Signature', [[array(65, u8), '[u8; 65]']]), 'ecdsa::Signature']],
});
const amount = [u128, 'T::Balance'];
const who = [accountId, 'T::AccountId'];
const dest = [address, '<T::Lookup as StaticLookup>::Source'];
const compactAmount = [compact(u128), 'T::Balance'];

const btreeMap = (key, value) => struct('BTreeMap', [vec(tuple(key, value))], { K: key, V: value });
const perClass = (inner) =>
  struct(
    'frame_support::weights::PerDispatchClass',
    { normal: [inner, 'T'], operational: [inner, 'T'], mandatory: [inner, 'T'] },
    { T: inner },
  );

const dispatchInfo = struct('frame_support::weights::DispatchInfo', {
  weight: [u64, 'Weight'],
  class: [
    variants('frame_support::weights::DispatchClass', { Normal: [], Operational: [], Mandatory: [] }),
    'DispatchClass',
  ],
  pays_fee: [variants('frame_support::weights::Pays', { Yes: [], No: [] }), 'Pays'],
});
const dispatchError = variants('sp_runtime::DispatchError', {
  Other: [],
  CannotLookup: [],
  BadOrigin: [],
  Module: [[struct('sp_runtime::ModuleError', { index: [u8, 'u8'], error: [u8, 'u8'] }), 'ModuleError']],
  ConsumerRemaining: [],
  NoProviders: [],
  TooManyConsumers: [],
  Token: [
    variants('sp_runtime::TokenError', {
      NoFunds: [],
      WouldDie: [],
      BelowMinimum: [],
      CannotCreate: [],
      UnknownAsset: [],
      Frozen: [],
      Unsupported: [],
    }),
  ],
  Arithmetic: [variants('sp_runtime::ArithmeticError', { Underflow: [], Overflow: [], DivisionByZero: [] })],
});
const phase = variants('frame_system::Phase', { ApplyExtrinsic: [u32], Finalization: [], Initialization: [] });
const accountData = struct('pallet_balances::AccountData', {
  free: [u128, 'Balance'],
  reserved: [u128, 'Balance'],
  misc_frozen: [u128, 'Balance'],
  fee_frozen: [u128, 'Balance'],
});
const accountInfo = struct(
  'frame_system::AccountInfo',
  {
    nonce: [u32, 'Index'],
    consumers: [u32, 'RefCount'],
    providers: [u32, 'RefCount'],
    sufficients: [u32, 'RefCount'],
    data: [accountData, 'AccountData'],
  },
  { Index: u32, AccountData: accountData },
);
const engine = [array(4, u8), 'ConsensusEngineId'];
const digest = struct('sp_runtime::generic::digest::Digest', {
  logs: [
    vec(
      variants('sp_runtime::generic::digest::DigestItem', {
        Other: { index: 0, fields: [bytes] },
        Consensus: { index: 4, fields: [engine, bytes] },
        Seal: { index: 5, fields: [engine, bytes] },
        PreRuntime: { index: 6, fields: [engine, bytes] },
        RuntimeEnvironmentUpdated: { index: 8 },
      }),
    ),
    'Vec<DigestItem>',
  ],
});
const assetType = variants('xpallet_assets::types::AssetType', {
  Usable: [],
  Locked: [],
  Reserved: [],
  ReservedWithdrawal: [],
  ReservedDexSpot: [],
});
const typed = [assetType, 'AssetType'];
const assetId = [u32, 'AssetId'];
const assetInfo = struct('xpallet_assets_registrar::types::AssetInfo', {
  token: [bytes, 'Token'],
  token_name: [bytes, 'Token'],
  chain: [
    variants('xp_assets_registrar::Chain', { ChainX: [], Bitcoin: [], Ethereum: [], Polkadot: [] }),
    'Chain',
  ],
  decimals: [u8, 'Decimals'],
  desc: [bytes, 'Desc'],
});
const restrictions = struct('xpallet_assets::types::AssetRestrictions', { bits: [u32, 'u32'] });
const version = struct('sp_version::RuntimeVersion', {
  spec_name: [text, 'RuntimeString'],
  impl_name: [text, 'RuntimeString'],
  authoring_version: [u32, 'u32'],
  spec_version: [u32, 'u32'],
  impl_version: [u32, 'u32'],
  apis: [vec(tuple(array(8, u8), u32)), 'ApisVec'],
  transaction_version: [u32, 'u32'],
  state_version: [u8, 'u8'],
});

/** Pallets: storage items are `[type, fallback]` or, for maps, `[type, fallback, {hasher: key}]`; no fallback is an option. */
const PALLETS = [
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
        fields: { dispatch_error: [dispatchError, 'DispatchError'], dispatch_info: [dispatchInfo, 'DispatchInfo'] },
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
    constants: { ExistentialDeposit: [u128, zeros(16)], MaxLocks: [u32, le(50, 4)], MaxReserves: [u32, le(50, 4)] },
  },
  {
    name: 'TransactionPayment',
    index: 7,
    storage: {
      NextFeeMultiplier: [struct('sp_arithmetic::fixed_point::FixedU128', [[u128, 'u128']]), le(10n ** 18n, 16)],
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
      transfer: { index: 0, fields: { dest, id: [compact(u32), 'AssetId'], value: [compact(u128), 'BalanceOf<T>'] } },
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
function enumOf(pallet, part) {
  const described = part === 'errors' ? Object.fromEntries((pallet.errors ?? []).map((name) => [name, []])) : pallet[part];
  if (!described || Object.keys(described).length === 0) return undefined;
  const name = { calls: 'Call', events: 'Event', errors: 'Error' }[part];
  return variants(`${CRATES[pallet.name]}::pallet::${name}`, described);
}

/** The enum over all pallets. */
function outer(part, name) {
  const inner = PALLETS.filter((pallet) => enumOf(pallet, part) !== undefined);
  const of = (pallet) => ({ index: pallet.index, fields: [enumOf(pallet, part)] });
  return variants(`chainx_runtime::${name}`, Object.fromEntries(inner.map((pallet) => [pallet.name, of(pallet)])));
}

function eventRecord() {
  const event = outer('events', 'Event');
  return struct(
    'frame_system::EventRecord',
    { phase: [phase, 'Phase'], event: [event, 'E'], topics: [vec(hash), 'Vec<T>'] },
    { E: event, T: hash },
  );
}

const era = variants('sp_runtime::generic::era::Era', {
  Immortal: [],
  ...Object.fromEntries(Array.from({ length: 255 }, (_, i) => [`Mortal${i + 1}`, [u8]])),
});
const check = (name) => `frame_system::extensions::${name}`;
const extensions = [
  ['CheckNonZeroSender', struct(`${check('check_non_zero_sender')}::CheckNonZeroSender`, []), none],
  ['CheckSpecVersion', struct(`${check('check_spec_version')}::CheckSpecVersion`, []), u32],
  ['CheckTxVersion', struct(`${check('check_tx_version')}::CheckTxVersion`, []), u32],
  ['CheckGenesis', struct(`${check('check_genesis')}::CheckGenesis`, []), hash],
  ['CheckMortality', struct(`${check('check_mortality')}::CheckMortality`, [[era, 'Era']]), hash],
  ['CheckNonce', struct(`${check('check_nonce')}::CheckNonce`, [[compact(u32), 'T::Index']]), none],
  ['CheckWeight', struct(`${check('check_weight')}::CheckWeight`, []), none],
  [
    'ChargeTransactionPayment',
    struct('pallet_transaction_payment::ChargeTransactionPayment', [[compact(u128), 'BalanceOf<T>']]),
    none,
  ],
  ['BaseFilter', struct('chainx_runtime::BaseFilter', []), none],
  ['ChargeExtraFee', struct('chainx_runtime::ChargeExtraFee', []), none],
].map(([identifier, type, additionalSigned]) => ({ identifier, type, additionalSigned }));

/** All pallets with their indices and the names of their calls; for the runtime's generated keys. */
export const pallets = PALLETS.map(({ name, index, storage = {}, calls = {} }) => ({
  name,
  index,
  items: Object.keys(storage),
  calls: Object.entries(calls).map(([call, { index: number }]) => ({ name: call, index: number })),
}));

/** First 32 bytes of a storage item's key. */
export function storagePrefix(pallet, item) {
  const encode = (name) => Twox128(new TextEncoder().encode(name));
  return Uint8Array.from([...encode(pallet), ...encode(item)]);
}

/** The encoded metadata, with its magic number. */
export function encodedMetadata() {
  const call = outer('calls', 'Call');
  const extra = tuple(...extensions.map(({ type }) => type));
  const extrinsic = struct('sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic', [bytes], {
    Address: address,
    Call: call,
    Signature: signature,
    Extra: extra,
  });
  const described = PALLETS.map(describe);
  return codec.enc({
    magicNumber: 0x6174656d,
    metadata: {
      tag: 'v14',
      value: {
        pallets: described,
        extrinsic: { type: extrinsic, version: 4, signedExtensions: extensions },
        type: struct('chainx_runtime::Runtime', []),
        lookup: types.list,
      },
    },
  });
}

function describe(pallet) {
  return {
    name: pallet.name,
    index: pallet.index,
    storage: pallet.storage && {
      prefix: pallet.name,
      items: Object.entries(pallet.storage).map(([name, item]) => describeItem(name, ...item)),
    },
    calls: enumOf(pallet, 'calls'),
    events: enumOf(pallet, 'events'),
    errors: enumOf(pallet, 'errors'),
    constants: Object.entries(pallet.constants ?? {}).map(([name, [type, value]]) => ({
      name,
      type,
      value: hex(value),
      docs: [],
    })),
  };
}

function describeItem(name, type, fallback, hashed) {
  const value = typeof type === 'function' ? type() : type;
  const keys = Object.values(hashed ?? {});
  const key = keys.length === 1 ? keys[0] : hashed && tuple(...keys);
  const hashers = Object.keys(hashed ?? {}).map((tag) => ({ tag }));
  return {
    name,
    modifier: fallback ? 1 : 0,
    type: hashed ? { tag: 'map', value: { hashers, key, value } } : { tag: 'plain', value },
    fallback: hex(fallback ?? [0]),
    docs: [],
  };
}

/** The encoded `RuntimeVersion`. */
export function encodedVersion() {
  const name = (value) => [value.length << 2, ...new TextEncoder().encode(value)];
  return [
    ...name('chainx'),
    ...name('coming-devchain'),
    ...[...le(1, 4), ...le(SPEC_VERSION, 4), ...le(1, 4)],
    APIS.length << 2,
    ...APIS.flatMap(([id, number]) => [...Buffer.from(id, 'hex'), ...le(number, 4)]),
    ...[...le(TRANSACTION_VERSION, 4), 0],
  ];
}

function blockLength() {
  return [...le(3_932_160, 4), ...le(5_242_880, 4), ...le(5_242_880, 4)];
}

function le(value, length) {
  return Array.from({ length }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 255n));
}

function zeros(length) {
  return Array(length).fill(0);
}

function hex(value) {
  return `0x${Buffer.from(value).toString('hex')}`;
}
