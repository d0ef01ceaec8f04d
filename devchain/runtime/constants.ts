/**
 * Numbers that ChainX's runtime fixes: pallet indices, limits, fees. The metadata's generator holds the same ones,
 * and a test compares both through the node.
 *
 * @module
 */
export const SYSTEM: u8 = 0;
export const TIMESTAMP: u8 = 4;
export const INDICES: u8 = 5;
export const BALANCES: u8 = 6;
export const IDENTITY: u8 = 21;
export const UTILITY: u8 = 22;
export const X_SYSTEM: u8 = 24;
export const X_ASSETS: u8 = 26;
export const GATEWAY_RECORDS: u8 = 29;
export const GATEWAY_COMMON: u8 = 30;
export const GATEWAY_BITCOIN: u8 = 31;
/** ChainX's own networks have it only where they are for tests, with this index. */
export const SUDO: u8 = 39;

export const BLOCK_HASH_COUNT: u32 = 2400;
export const MAX_NORMAL_LENGTH: u32 = 3_932_160;
export const MAX_NORMAL_WEIGHT: u64 = 1_500_000_000_000;
export const BASE_BLOCK_WEIGHT: u64 = 5_000_000_000;
export const BASE_EXTRINSIC_WEIGHT: u64 = 125_000_000;

/** Fee in units of PCX: what every extrinsic costs, what a byte costs, and how much weight one unit buys. */
export const BASE_FEE: u64 = 1000;
export const BYTE_FEE: u64 = 100;
export const WEIGHT_PER_UNIT: u64 = 125_000;

export const NATIVE_ASSET: u32 = 0;
export const XBTC: u32 = 1;
/** In `Chain`, whose assets the gateways are for. */
export const CHAIN_BITCOIN: u8 = 1;

/** Deposits are in hundredths of a PCX, as on ChainX. */
export const DOLLAR: u64 = 1_000_000;
