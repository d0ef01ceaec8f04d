/**
 * Block headers as they are hashed: a header that has the hash which was asked for is the one that was asked for.
 *
 * Source: Substrate's `generic::Header`, SCALE: parent hash, compact number, state root, extrinsics root, digest.
 *
 * @module
 */
import { concatBytes } from '@noble/hashes/utils.js';
import { compactNumber } from '@polkadot-api/substrate-bindings';
import { blake2b } from '../../../identity/blake2b.js';
import { fromHex, toHex } from '../hex.js';

export interface FullHeader {
  readonly hash: string;
  readonly number: number;
  readonly parentHash: string;
  readonly stateRoot: Uint8Array;
}

const HASH = /^0x[0-9a-f]{64}$/;

/** What a node answers to `chain_getHeader`, under the hash that it really has; undefined when it is no header. */
export function hashedHeader(answer: unknown): FullHeader | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { parentHash, number, stateRoot, extrinsicsRoot, digest } = answer as Record<string, unknown>;
  const logs = (digest as { logs?: unknown } | undefined)?.logs;
  const height = Number(number);
  if (!Number.isSafeInteger(height) || height < 0 || !Array.isArray(logs)) return undefined;
  if (!isHash(parentHash) || !isHash(stateRoot) || !isHash(extrinsicsRoot)) return undefined;
  try {
    const encoded = concatBytes(
      fromHex(parentHash),
      compactNumber.enc(height),
      fromHex(stateRoot),
      fromHex(extrinsicsRoot),
      compactNumber.enc(logs.length),
      ...logs.map((log) => fromHex(String(log))), // each is encoded already
    );
    const hash = toHex(blake2b(encoded, { dkLen: 32 }));
    return { hash, number: height, parentHash, stateRoot: fromHex(stateRoot) };
  } catch {
    return undefined; // a log that is no hexadecimal text
  }
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && HASH.test(value);
}
