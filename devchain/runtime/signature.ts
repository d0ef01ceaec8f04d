/**
 * Whether the account really signed the call, for this chain, this version and these conditions.
 *
 * @module
 */
import {
  ext_crypto_ed25519_verify_version_1,
  ext_crypto_secp256k1_ecdsa_recover_compressed_version_2,
  ext_crypto_sr25519_verify_version_2,
  ext_hashing_blake2_256_version_1,
} from './env';
import { ED25519, Extrinsic, SR25519 } from './extrinsic';
import { INVALID_ANCIENT_BIRTH_BLOCK, INVALID_BAD_PROOF, VALID, Validity } from './outcome';
import { Reader } from './reader';
import { Span, equalBytes, lengthOf, spanOf } from './span';
import { blockHash, blockNumber } from './system';
import { specVersion, transactionVersion } from './version';
import { Writer } from './writer';

const LONGEST_PAYLOAD: u32 = 256;

export function checkSignature(xt: Extrinsic): Validity {
  const genesis = blockHash(0);
  const birth = blockHash(xt.era.birth(blockNumber()));
  if (!genesis || !birth) return INVALID_ANCIENT_BIRTH_BLOCK;
  const payload = new Writer(512).span(xt.call.encoded).span(xt.extra);
  payload.u32(specVersion()).u32(transactionVersion()).bytes(genesis.at, 32).bytes(birth.at, 32);
  return verify(xt, shortened(payload.done())) ? VALID : INVALID_BAD_PROOF;
}

function shortened(payload: Span): Span {
  if (lengthOf(payload) <= LONGEST_PAYLOAD) return payload;
  return spanOf(ext_hashing_blake2_256_version_1(payload), 32);
}

function verify(xt: Extrinsic, message: Span): bool {
  const account = xt.account;
  if (xt.scheme === ED25519) return ext_crypto_ed25519_verify_version_1(xt.signature, message, account) === 1;
  if (xt.scheme === SR25519) return ext_crypto_sr25519_verify_version_2(xt.signature, message, account) === 1;
  const hash = ext_hashing_blake2_256_version_1(message);
  const recovered = new Reader(ext_crypto_secp256k1_ecdsa_recover_compressed_version_2(xt.signature, hash));
  if (recovered.u8() !== 0) return false;
  const key = spanOf(recovered.bytes(33), 33);
  return recovered.ok && equalBytes(ext_hashing_blake2_256_version_1(key), account, 32);
}

/** Whether all 32 bytes of the signer's account are zero: nobody holds that key. */
export function isZeroAccount(account: usize): bool {
  const bytes = new Reader(spanOf(account, 32));
  return (bytes.u64() | bytes.u64() | bytes.u64() | bytes.u64()) === 0;
}
