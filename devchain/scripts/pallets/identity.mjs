import {
  accountId,
  array,
  boundedVec,
  option,
  struct,
  tuple,
  u128,
  u32,
  u8,
  variants,
  who,
} from '../chainx-types.mjs';
import { DOLLAR, le } from '../values.mjs';

const raw = Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`Raw${i}`, [array(i, u8)]]));
const hashes = ['BlakeTwo256', 'Sha256', 'Keccak256', 'ShaThree256'];
const data = variants('pallet_identity::types::Data', {
  None: [],
  ...raw,
  ...Object.fromEntries(hashes.map((name) => [name, [array(32, u8)]])),
});
const info = struct(
  'pallet_identity::types::IdentityInfo',
  {
    additional: [boundedVec(tuple(data, data)), 'BoundedVec<(Data, Data), FieldLimit>'],
    display: [data, 'Data'],
    legal: [data, 'Data'],
    web: [data, 'Data'],
    riot: [data, 'Data'],
    email: [data, 'Data'],
    pgp_fingerprint: [option(array(20, u8)), 'Option<[u8; 20]>'],
    image: [data, 'Data'],
    twitter: [data, 'Data'],
  },
  { FieldLimit: null },
);
const judgement = variants(
  'pallet_identity::types::Judgement',
  {
    Unknown: [],
    FeePaid: [[u128, 'Balance']],
    Reasonable: [],
    KnownGood: [],
    OutOfDate: [],
    LowQuality: [],
    Erroneous: [],
  },
  { Balance: u128 },
);
const registration = struct(
  'pallet_identity::types::Registration',
  {
    judgements: [
      boundedVec(tuple(u32, judgement)),
      'BoundedVec<(RegistrarIndex, Judgement<Balance>), MaxJudgements>',
    ],
    deposit: [u128, 'Balance'],
    info: [info, 'IdentityInfo<MaxAdditionalFields>'],
  },
  { Balance: u128, MaxJudgements: null, MaxAdditionalFields: null },
);
const balance = [u128, 'BalanceOf<T>'];

export const identity = {
  name: 'Identity',
  crate: 'pallet_identity',
  index: 21,
  storage: { IdentityOf: [registration, undefined, { Twox64Concat: accountId }] },
  calls: {
    set_identity: { index: 1, fields: { info: [info, 'Box<IdentityInfo<T::MaxAdditionalFields>>'] } },
    clear_identity: { index: 3 },
  },
  events: {
    IdentitySet: { who },
    IdentityCleared: { who, deposit: balance },
    IdentityKilled: { who, deposit: balance },
  },
  errors: [
    'TooManySubAccounts',
    'NotFound',
    'NotNamed',
    'EmptyIndex',
    'FeeChanged',
    'NoIdentity',
    'StickyJudgement',
    'JudgementGiven',
    'InvalidJudgement',
    'InvalidIndex',
    'InvalidTarget',
    'TooManyFields',
    'TooManyRegistrars',
    'AlreadyClaimed',
    'NotSub',
    'NotOwned',
  ],
  constants: {
    BasicDeposit: [u128, le(10 * DOLLAR, 16)],
    FieldDeposit: [u128, le(2.5 * DOLLAR, 16)],
    MaxAdditionalFields: [u32, le(100, 4)],
  },
};
