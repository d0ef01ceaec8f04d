// The types that ChainX's pallets share, by the paths that its metadata gives them.
import { typeRegistry } from './type-registry.mjs';

export const types = typeRegistry();
export const { primitive, vec, array, tuple, compact, struct, variants } = types;

export const u8 = primitive('u8');
export const u16 = primitive('u16');
export const u32 = primitive('u32');
export const u64 = primitive('u64');
export const u128 = primitive('u128');
export const bool = primitive('bool');
export const text = primitive('str');
export const bytes = vec(u8);
export const none = tuple();

export const accountId = struct('sp_core::crypto::AccountId32', [[array(32, u8), '[u8; 32]']]);
export const hash = struct('primitive_types::H256', [[array(32, u8), '[u8; 32]']]);
export const address = variants(
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
export const signature = variants('sp_runtime::MultiSignature', {
  Ed25519: [[struct('sp_core::ed25519::Signature', [[array(64, u8), '[u8; 64]']]), 'ed25519::Signature']],
  Sr25519: [[struct('sp_core::sr25519::Signature', [[array(64, u8), '[u8; 64]']]), 'sr25519::Signature']],
  Ecdsa: [[struct('sp_core::ecdsa::Signature', [[array(65, u8), '[u8; 65]']]), 'ecdsa::Signature']],
});
export const amount = [u128, 'T::Balance'];
export const who = [accountId, 'T::AccountId'];
export const dest = [address, '<T::Lookup as StaticLookup>::Source'];
export const compactAmount = [compact(u128), 'T::Balance'];

/** A `Vec` that holds no more than so many, which the metadata does not say. */
export const boundedVec = (type) =>
  struct('frame_support::storage::bounded_vec::BoundedVec', [[vec(type), 'Vec<T>']], { T: type, S: null });
export const option = (type) => variants('Option', { None: [], Some: [type] }, { T: type });

export const btreeMap = (key, value) => struct('BTreeMap', [vec(tuple(key, value))], { K: key, V: value });
export const perClass = (inner) =>
  struct(
    'frame_support::weights::PerDispatchClass',
    { normal: [inner, 'T'], operational: [inner, 'T'], mandatory: [inner, 'T'] },
    { T: inner },
  );

export const dispatchInfo = struct('frame_support::weights::DispatchInfo', {
  weight: [u64, 'Weight'],
  class: [
    variants('frame_support::weights::DispatchClass', { Normal: [], Operational: [], Mandatory: [] }),
    'DispatchClass',
  ],
  pays_fee: [variants('frame_support::weights::Pays', { Yes: [], No: [] }), 'Pays'],
});
export const dispatchError = variants('sp_runtime::DispatchError', {
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
export const dispatchResult = variants(
  'Result',
  { Ok: [none], Err: [dispatchError] },
  { T: none, E: dispatchError },
);
export const phase = variants('frame_system::Phase', {
  ApplyExtrinsic: [u32],
  Finalization: [],
  Initialization: [],
});
export const accountData = struct('pallet_balances::AccountData', {
  free: [u128, 'Balance'],
  reserved: [u128, 'Balance'],
  misc_frozen: [u128, 'Balance'],
  fee_frozen: [u128, 'Balance'],
});
export const accountInfo = struct(
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
export const engine = [array(4, u8), 'ConsensusEngineId'];
export const digest = struct('sp_runtime::generic::digest::Digest', {
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
export const assetType = variants('xpallet_assets::types::AssetType', {
  Usable: [],
  Locked: [],
  Reserved: [],
  ReservedWithdrawal: [],
  ReservedDexSpot: [],
});
export const typed = [assetType, 'AssetType'];
export const assetId = [u32, 'AssetId'];
export const chain = variants('xp_assets_registrar::Chain', {
  ChainX: [],
  Bitcoin: [],
  Ethereum: [],
  Polkadot: [],
});
export const assetInfo = struct('xpallet_assets_registrar::types::AssetInfo', {
  token: [bytes, 'Token'],
  token_name: [bytes, 'Token'],
  chain: [chain, 'Chain'],
  decimals: [u8, 'Decimals'],
  desc: [bytes, 'Desc'],
});
export const restrictions = struct('xpallet_assets::types::AssetRestrictions', { bits: [u32, 'u32'] });
export const version = struct('sp_version::RuntimeVersion', {
  spec_name: [text, 'RuntimeString'],
  impl_name: [text, 'RuntimeString'],
  authoring_version: [u32, 'u32'],
  spec_version: [u32, 'u32'],
  impl_version: [u32, 'u32'],
  apis: [vec(tuple(array(8, u8), u32)), 'ApisVec'],
  transaction_version: [u32, 'u32'],
  state_version: [u8, 'u8'],
});
