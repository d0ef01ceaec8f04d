/**
 * A transfer as bytes: what is signed, what a wallet is shown of it, and what goes to the node.
 *
 * Pure: everything that the chain knows is handed in.
 *
 * @module
 */
import { compactBn, compactNumber, u32 } from '@polkadot-api/substrate-bindings';
import { concatBytes } from '@noble/hashes/utils.js';
import { blake2b } from '../../identity/blake2b.js';
import type { SignatureScheme } from '../../identity/index.js';
import type { SignerPayload } from '../chain.js';
import type { Era } from './era.js';
import { fromHex, numberToHex, toHex } from './hex.js';
import { unsupported, type Runtime } from './runtime.js';

/** Everything that is decided before the signature. */
export interface Unsigned {
  readonly runtime: Runtime;
  readonly call: Uint8Array;
  readonly sender: Uint8Array;
  readonly genesis: string;
  readonly era: Era;
  /** Hash of the block that the era begins with. */
  readonly birthHash: string;
  readonly nonce: number;
}

interface Parts {
  /** Stands in the extrinsic. */
  readonly carried?: Uint8Array;
  /** Is signed, but not sent. */
  readonly implied?: Uint8Array;
}

const EXTRINSIC_VERSION = 4;
const SIGNED = 0x80;
const NO_TIP = compactBn.enc(0n);
const NONE = Uint8Array.of(0);
const NOTHING = new Uint8Array();
/** Longer payloads are hashed before they are signed. */
const LONGEST_PLAIN_PAYLOAD = 256;

const KNOWN: Readonly<Record<string, (unsigned: Unsigned) => Parts>> = {
  CheckSpecVersion: ({ runtime }) => ({ implied: u32.enc(runtime.version.specVersion) }),
  CheckTxVersion: ({ runtime }) => ({ implied: u32.enc(runtime.version.transactionVersion) }),
  CheckGenesis: ({ genesis }) => ({ implied: fromHex(genesis) }),
  CheckMortality: ({ era, birthHash }) => ({ carried: era.bytes, implied: fromHex(birthHash) }),
  CheckNonce: ({ nonce }) => ({ carried: compactNumber.enc(nonce) }),
  ChargeTransactionPayment: () => ({ carried: NO_TIP }),
  ChargeAssetTxPayment: () => ({ carried: concatBytes(NO_TIP, NONE) }),
  CheckMetadataHash: () => ({ carried: Uint8Array.of(0), implied: NONE }),
};

/** Without these a signature could be used on another chain, or twice. */
const REQUIRED = ['CheckSpecVersion', 'CheckTxVersion', 'CheckGenesis', 'CheckMortality', 'CheckNonce'];

/** The bytes that are signed. */
export function signingPayload(unsigned: Unsigned): Uint8Array {
  const { carried, implied } = extensionBytes(unsigned);
  const payload = concatBytes(unsigned.call, carried, implied);
  return payload.length > LONGEST_PLAIN_PAYLOAD ? blake2b(payload, { dkLen: 32 }) : payload;
}

/** The same as {@link signingPayload}, for a wallet, which puts the bytes together by itself. */
export function walletPayload(unsigned: Unsigned, address: string): SignerPayload {
  extensionBytes(unsigned); // refuses what cannot be signed before the wallet is asked
  const { runtime, call, era, nonce } = unsigned;
  return {
    address,
    blockHash: toHex(fromHex(unsigned.birthHash)),
    blockNumber: numberToHex(era.birth, 4),
    era: toHex(era.bytes),
    genesisHash: toHex(fromHex(unsigned.genesis)),
    method: toHex(call),
    nonce: numberToHex(nonce, 4),
    specVersion: numberToHex(runtime.version.specVersion, 4),
    tip: numberToHex(0, 16),
    transactionVersion: numberToHex(runtime.version.transactionVersion, 4),
    signedExtensions: runtime.extensions.map(({ name }) => name),
    version: EXTRINSIC_VERSION,
  };
}

/** The extrinsic as nodes take it, its length in front. */
export function signedExtrinsic(
  unsigned: Unsigned,
  scheme: SignatureScheme,
  signature: Uint8Array,
): Uint8Array {
  const { runtime, sender, call } = unsigned;
  const body = concatBytes(
    Uint8Array.of(SIGNED | EXTRINSIC_VERSION),
    runtime.sender(sender),
    runtime.signature(scheme, signature),
    extensionBytes(unsigned).carried,
    call,
  );
  return concatBytes(compactNumber.enc(body.length), body);
}

/** An extrinsic of the very length of the signed one, for asking what it costs. */
export function unsignedStandIn(unsigned: Unsigned, scheme: SignatureScheme): Uint8Array {
  return signedExtrinsic(unsigned, scheme, new Uint8Array(scheme === 'ecdsa' ? 65 : 64));
}

/** The hash that names an extrinsic. */
export function extrinsicHash(extrinsic: Uint8Array): string {
  return toHex(blake2b(extrinsic, { dkLen: 32 }));
}

function extensionBytes(unsigned: Unsigned): { carried: Uint8Array; implied: Uint8Array } {
  const { extensions } = unsigned.runtime;
  const missing = REQUIRED.find((name) => !extensions.some((extension) => named(extension.name) === name));
  if (missing) throw unsupported(`it does not have ${missing} signed`);
  const parts = extensions.map((extension) => {
    const { carried = NOTHING, implied = NOTHING } = KNOWN[named(extension.name)]?.(unsigned) ?? {};
    if (extension.carried !== carried.length > 0 || extension.implied !== implied.length > 0) {
      throw unsupported(`it wants ${extension.name} signed, which is not known here`);
    }
    return { carried, implied };
  });
  return {
    carried: concatBytes(...parts.map(({ carried }) => carried)),
    implied: concatBytes(...parts.map(({ implied }) => implied)),
  };
}

/** `CheckEra` is what `CheckMortality` was called once. */
function named(extension: string): string {
  return extension === 'CheckEra' ? 'CheckMortality' : extension;
}
