/**
 * Addresses of Bitcoin's test network, as output scripts.
 *
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bech32, bech32m, createBase58check } from '@scure/base';
import { concatBytes } from '../bytes.js';

const PREFIX = 'tb';
const PUBLIC_KEY_HASH = 111;
const SCRIPT_HASH = 196;
const OP_RETURN = 0x6a;
const OP_PUSHDATA1 = 0x4c;
const OP_1 = 0x51;

/**
 * The output script of an address.
 *
 * @throws RangeError when it is none.
 */
export function scriptOf(address: string): Uint8Array {
  const script = witnessScript(address) ?? hashScript(address);
  if (!script) throw new RangeError("not an address of Bitcoin's test network");
  return script;
}

function witnessScript(address: string): Uint8Array | undefined {
  for (const [code, isFirst] of [
    [bech32, true],
    [bech32m, false],
  ] as const) {
    // prettier-ignore
    const decoded = code.decodeUnsafe(address);
    if (decoded?.prefix !== PREFIX) continue;
    const [version = 0, ...words] = decoded.words;
    const program = code.fromWordsUnsafe(words);
    if (!program || (version === 0) !== isFirst) continue;
    return Uint8Array.of(version === 0 ? 0 : OP_1 + version - 1, program.length, ...program);
  }
  return undefined;
}

function hashScript(address: string): Uint8Array | undefined {
  let bytes: Uint8Array;
  try {
    bytes = createBase58check(sha256).decode(address);
  } catch {
    return undefined;
  }
  const hash = bytes.subarray(1);
  if (hash.length !== 20) return undefined;
  if (bytes[0] === PUBLIC_KEY_HASH) return Uint8Array.of(0x76, 0xa9, 20, ...hash, 0x88, 0xac);
  return bytes[0] === SCRIPT_HASH ? Uint8Array.of(0xa9, 20, ...hash, 0x87) : undefined;
}

export function payToKeyHash(hash: Uint8Array): Uint8Array {
  return Uint8Array.of(0, 20, ...hash);
}

/** An output script that pays nobody and holds data. */
export function dataScript(data: Uint8Array): Uint8Array {
  const push = data.length < OP_PUSHDATA1 ? [data.length] : [OP_PUSHDATA1, data.length];
  return concatBytes(Uint8Array.of(OP_RETURN, ...push), data);
}
