/**
 * Signed extrinsics, put together by hand with @polkadot's own SCALE and key pairs: nothing of the chain's own code.
 *
 * @module
 */
import { Keyring } from '@polkadot/keyring';
import type { KeyringPair } from '@polkadot/keyring/types';
import { bnToU8a, compactAddLength, compactToU8a, hexToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import { blake2AsU8a } from '@polkadot/util-crypto';
import type { Devchain } from '../src/devchain.js';

export const alice = new Keyring({ type: 'sr25519' }).addFromUri('//Alice');
export const bob = new Keyring({ type: 'sr25519' }).addFromUri('//Bob');
/** Has nothing. */
export const stranger = new Keyring({ type: 'ed25519' }).addFromUri('//Stranger');

const SCHEMES: Record<string, number> = { ed25519: 0, sr25519: 1, ecdsa: 2 };

export const call = {
  transfer: (to: Uint8Array, value: bigint) => u8aConcat([6, 0], [0], to, compactToU8a(value)),
  transferAll: (to: Uint8Array) => u8aConcat([6, 4], [0], to, [0]),
  assetTransfer: (to: Uint8Array, id: number, value: bigint) =>
    u8aConcat([26, 0], [0], to, compactToU8a(id), compactToU8a(value)),
  remarkWithEvent: (text: Uint8Array) => u8aConcat([0, 8], compactAddLength(text)),
};

export interface Signing {
  readonly nonce?: number;
  readonly tip?: bigint;
  /** Mortal for 4..65536 blocks, a power of two, from a block on. */
  readonly era?: { readonly period: number; readonly birth: number; readonly birthHash: string };
  readonly specVersion?: number;
  readonly transactionVersion?: number;
  readonly genesisHash?: string;
}

export function signed(
  chain: Devchain,
  pair: KeyringPair,
  encodedCall: Uint8Array,
  how: Signing = {},
): Uint8Array {
  const genesis = how.genesisHash ?? chain.genesisHash;
  const extra = u8aConcat(
    how.era ? mortal(how.era.period, how.era.birth) : [0],
    compactToU8a(how.nonce ?? 0),
    compactToU8a(how.tip ?? 0n),
  );
  const payload = u8aConcat(
    encodedCall,
    extra,
    bnToU8a(how.specVersion ?? 34, { bitLength: 32 }),
    bnToU8a(how.transactionVersion ?? 7, { bitLength: 32 }),
    hexToU8a(genesis),
    hexToU8a(how.era?.birthHash ?? genesis),
  );
  const signature = pair.sign(payload.length > 256 ? blake2AsU8a(payload) : payload);
  const account = pair.addressRaw;
  return compactAddLength(
    u8aConcat([0x84, 0], account, [SCHEMES[pair.type]!], signature, extra, encodedCall),
  );
}

/** A mortal era's two bytes. */
function mortal(period: number, birth: number): Uint8Array {
  const step = Math.max(period >> 12, 1);
  const encoded = Math.min(15, Math.max(1, Math.log2(period) - 1)) | (((birth % period) / step) << 4);
  return Uint8Array.of(encoded & 255, encoded >> 8);
}

export const hex = (bytes: Uint8Array) => u8aToHex(bytes);
