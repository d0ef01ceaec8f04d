// Encoded values that the metadata holds: constants, fallbacks of storage items, the runtime's version.

const SPEC_VERSION = 34;
const TRANSACTION_VERSION = 7;
export const DEV_PREFIX = 42;
/** What ChainX counts deposits in: a hundredth of a PCX. */
export const DOLLAR = 1_000_000;

/** Runtime APIs and their versions; a name stands as the first 8 bytes of its Blake2b hash. */
const APIS = [
  ['df6acb689907609b', 4], // Core
  ['37e397fc7c91f5e4', 1], // Metadata
  ['40fe3ad401f8959a', 6], // BlockBuilder
  ['d2bc9897eed08f15', 3], // TaggedTransactionQueue
  ['bc9d89904f5b923f', 1], // AccountNonceApi
  ['37c8bb1350a9a2a8', 1], // TransactionPaymentApi
];

const encodedName = (value) => [value.length << 2, ...Buffer.from(value)];
const NAMES = [...encodedName('chainx'), ...encodedName('coming-devchain')];

/** Where the numbers stand in it; the version of authoring comes first. */
export const VERSION_AT = { spec: NAMES.length + 4, transaction: NAMES.length + 12 + 1 + 12 * APIS.length };

/** The encoded `RuntimeVersion`. */
export function encodedVersion() {
  return [
    ...NAMES,
    ...[...le(1, 4), ...le(SPEC_VERSION, 4), ...le(1, 4)],
    APIS.length << 2,
    ...APIS.flatMap(([id, number]) => [...Buffer.from(id, 'hex'), ...le(number, 4)]),
    ...[...le(TRANSACTION_VERSION, 4), 0],
  ];
}

export function blockLength() {
  return [...le(3_932_160, 4), ...le(5_242_880, 4), ...le(5_242_880, 4)];
}

export function le(value, length) {
  return Array.from({ length }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 255n));
}

export function zeros(length) {
  return Array(length).fill(0);
}

export function hex(value) {
  return `0x${Buffer.from(value).toString('hex')}`;
}
