/**
 * A payment as it stands in a content: where in a chain it can be found, in one form only.
 *
 * @module
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { content as wire } from '../../proto/gen/content.js';
import type { PaymentFacts, PaymentPlace } from '../store/index.js';
import { malformed } from './malformed.js';

type Claim = PaymentFacts & { readonly place: PaymentPlace };

// CAIP-19, without the token id that no Substrate asset has: CAIP-2, `/`, namespace, `:`, reference.
const ASSET = /^[-a-z0-9]{3,8}:[-\w]{1,32}\/[-a-z0-9]{3,8}:[-.%\w]{1,128}$/;
const AMOUNT = /^[1-9][0-9]{0,38}$/;

export function writePayment({ genesis, asset, amount, from, to, place }: Claim): wire.Payment.$Properties {
  return {
    genesis: hashBytes(genesis),
    asset,
    amount: String(amount),
    from: hexToBytes(from),
    to: hexToBytes(to),
    block: hashBytes(place.block),
    extrinsic: place.extrinsic,
    hash: hashBytes(place.hash),
  };
}

/** @throws ComingError `malformed-content` */
export function readPayment(payment: wire.Payment.$Properties): Claim {
  const { asset, amount, extrinsic } = payment;
  if (!asset || !ASSET.test(asset) || !amount || !AMOUNT.test(amount)) throw malformed('payment');
  const units = BigInt(amount);
  if (units >> 128n) throw malformed('payment'); // more than a chain can count
  return {
    genesis: readHash(payment.genesis),
    asset,
    amount: units,
    from: read32(payment.from),
    to: read32(payment.to),
    place: { block: readHash(payment.block), extrinsic: extrinsic ?? 0, hash: readHash(payment.hash) },
  };
}

function hashBytes(hash: string): Uint8Array {
  return hexToBytes(hash.slice(2));
}

function readHash(bytes: Uint8Array | null | undefined): string {
  return `0x${read32(bytes)}`;
}

function read32(bytes: Uint8Array | null | undefined): string {
  if (bytes?.length !== 32) throw malformed('payment');
  return bytesToHex(bytes);
}
