/**
 * An extrinsic, format 4, signed or not, with ChainX's ten signed extensions.
 *
 * @module
 */
import { Address, readAddress } from './address';
import { Call } from './call';
import { Era, readEra } from './era';
import { readCall } from './pallets';
import { Reader } from './reader';
import { NOTHING, Span, spanOf } from './span';
import { U128 } from './u128';

const UNSIGNED: u8 = 0x04;
const SIGNED: u8 = 0x84;

export const ED25519: u8 = 0;
export const SR25519: u8 = 1;
export const ECDSA: u8 = 2;

export class Extrinsic {
  signed: bool = false;
  signer: Address = new Address();
  /** Whose address the signer's is; set when the transaction is judged. */
  account: usize = 0;
  scheme: u8 = 0;
  signature: usize = 0;
  era: Era = new Era();
  nonce: u32 = 0;
  tip: U128 = U128.zero();
  /** The extensions' own bytes, which are signed as they are. */
  extra: Span = NOTHING;
  call!: Call;
  /** Bytes on the wire, with the length in front. */
  length: u32 = 0;
}

/** `null` for whatever is no extrinsic of this chain. */
export function readExtrinsic(from: Reader): Extrinsic | null {
  const start = from.at;
  const body = from.compactU32();
  const bodyStart = from.at;
  const xt = new Extrinsic();
  const version = from.u8();
  if (version === SIGNED) readSignature(from, xt);
  else if (version !== UNSIGNED) from.fail();
  const call = readCall(from);
  xt.length = <u32>(from.at - start);
  if (!call || !from.ok || <u32>(from.at - bodyStart) !== body) return null;
  xt.call = call;
  return xt;
}

function readSignature(from: Reader, xt: Extrinsic): void {
  xt.signed = true;
  xt.signer = readAddress(from);
  xt.scheme = from.u8();
  if (xt.scheme > ECDSA) from.fail();
  xt.signature = from.bytes(xt.scheme === ECDSA ? 65 : 64);
  const start = from.at;
  xt.era = readEra(from);
  xt.nonce = from.compactU32();
  xt.tip = from.compact();
  xt.extra = spanOf(start, <u32>(from.at - start));
}
