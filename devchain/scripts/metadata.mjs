// The metadata of the local chain's runtime: ChainX's names, indices and layouts, as metadata v14.
import { metadata as codec, Twox128 } from '@polkadot-api/substrate-bindings';
import {
  address,
  bytes,
  compact,
  hash,
  none,
  signature,
  struct,
  tuple,
  types,
  u128,
  u32,
  u8,
  variants,
} from './chainx-types.mjs';
import { PALLETS, callsOf, enumOf, eventRecord, outer } from './pallets/index.mjs';
import { hex } from './values.mjs';

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
export const pallets = PALLETS.map((pallet) => ({
  name: pallet.name,
  index: pallet.index,
  items: Object.keys(pallet.storage ?? {}),
  calls: callsOf(pallet),
}));

/** First 32 bytes of a storage item's key. */
export function storagePrefix(pallet, item) {
  const encode = (name) => Twox128(Buffer.from(name));
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
  const value = typeof type === 'function' ? type(eventRecord) : type;
  // A hasher may stand there twice: then they are a list.
  const parts = [hashed ?? {}].flat().flatMap(Object.entries);
  const keys = parts.map(([, key]) => key);
  const key = keys.length === 1 ? keys[0] : hashed && tuple(...keys);
  const hashers = parts.map(([tag]) => ({ tag }));
  return {
    name,
    modifier: fallback ? 1 : 0,
    type: hashed ? { tag: 'map', value: { hashers, key, value } } : { tag: 'plain', value },
    fallback: hex(fallback ?? [0]),
    docs: [],
  };
}
