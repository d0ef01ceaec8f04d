/**
 * Substrate's host functions, as far as the runtime imports them.
 *
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { concatBytes } from './bytes.js';
import { recoverEcdsa, verifyEd25519, verifySr25519 } from './crypto.js';
import { blake2b128, blake2b256, twox64 } from './hashes.js';
import type { CallMemory } from './memory.js';
import type { Overlay } from './overlay.js';
import { ScaleReader, blob } from './scale.js';
import { orderedRoot, trieRoot } from './trie.js';

const NONE = Uint8Array.of(0);
const SIGNATURE = 64;
const HASH = 32;

/** @param versionOf - The encoded version of other code; undefined of what is no runtime. */
export function hostFunctions(
  memory: CallMemory,
  overlay: () => Overlay,
  versionOf: (code: Uint8Array) => Uint8Array | undefined,
): WebAssembly.ModuleImports {
  const keyAt = (span: bigint) => bytesToHex(memory.readSpan(span));
  const option = (value: Uint8Array | undefined) =>
    memory.writeSpan(value ? concatBytes(Uint8Array.of(1), blob(value)) : NONE);
  const hashed = (hash: (data: Uint8Array) => Uint8Array) => (data: bigint) =>
    memory.write(hash(memory.readSpan(data)));
  const verified =
    (verify: typeof verifyEd25519) =>
    (signature: number, message: bigint, key: number): number =>
      verify(memory.read(signature, SIGNATURE), memory.readSpan(message), memory.read(key, HASH)) ? 1 : 0;

  return {
    ext_allocator_malloc_version_1: (length: number) => memory.allocate(length),
    ext_misc_runtime_version_version_1: (code: bigint) => option(versionOf(memory.readSpan(code))),
    ext_storage_get_version_1: (key: bigint) => option(overlay().get(keyAt(key))),
    ext_storage_set_version_1: (key: bigint, value: bigint) =>
      overlay().set(keyAt(key), memory.readSpan(value)),
    ext_storage_clear_version_1: (key: bigint) => overlay().set(keyAt(key), undefined),
    ext_storage_exists_version_1: (key: bigint) => (overlay().get(keyAt(key)) ? 1 : 0),
    ext_storage_append_version_1: (key: bigint, item: bigint) =>
      overlay().append(keyAt(key), memory.readSpan(item)),
    ext_storage_start_transaction_version_1: () => void overlay().begin(),
    ext_storage_rollback_transaction_version_1: () => overlay().rollback(),
    ext_storage_commit_transaction_version_1: () => overlay().commit(),
    ext_storage_root_version_1: () => memory.writeSpan(trieRoot(overlay().trie())),
    ext_hashing_blake2_128_version_1: hashed(blake2b128),
    ext_hashing_blake2_256_version_1: hashed(blake2b256),
    ext_hashing_sha2_256_version_1: hashed(sha256),
    ext_hashing_twox_64_version_1: hashed(twox64),
    ext_trie_blake2_256_ordered_root_version_1: (items: bigint) =>
      memory.write(orderedRoot(new ScaleReader(memory.readSpan(items)).blobs())),
    ext_crypto_ed25519_verify_version_1: verified(verifyEd25519),
    ext_crypto_sr25519_verify_version_2: verified(verifySr25519),
    ext_crypto_secp256k1_ecdsa_recover_compressed_version_2: (signature: number, hash: number) => {
      const key = recoverEcdsa(memory.read(signature, SIGNATURE + 1), memory.read(hash, HASH));
      return memory.writeSpan(key ? concatBytes(NONE, key) : Uint8Array.of(1, 2));
    },
  };
}
