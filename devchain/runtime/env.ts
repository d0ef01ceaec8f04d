/**
 * What the host gives to the runtime: Substrate's host functions. The file's name is the name of the import module.
 *
 * @module
 */
import { Span } from './span';

export declare function ext_allocator_malloc_version_1(size: u32): usize;
export declare function ext_misc_runtime_version_version_1(code: Span): Span;
export declare function ext_storage_get_version_1(key: Span): Span;
export declare function ext_storage_set_version_1(key: Span, value: Span): void;
export declare function ext_storage_clear_version_1(key: Span): void;
export declare function ext_storage_exists_version_1(key: Span): u32;
export declare function ext_storage_append_version_1(key: Span, value: Span): void;
export declare function ext_storage_root_version_1(): Span;
export declare function ext_storage_start_transaction_version_1(): void;
export declare function ext_storage_rollback_transaction_version_1(): void;
export declare function ext_storage_commit_transaction_version_1(): void;
export declare function ext_hashing_blake2_128_version_1(data: Span): usize;
export declare function ext_hashing_blake2_256_version_1(data: Span): usize;
export declare function ext_hashing_sha2_256_version_1(data: Span): usize;
export declare function ext_hashing_twox_64_version_1(data: Span): usize;
export declare function ext_trie_blake2_256_ordered_root_version_1(items: Span): usize;
export declare function ext_crypto_ed25519_verify_version_1(signature: usize, message: Span, key: usize): u32;
export declare function ext_crypto_sr25519_verify_version_2(signature: usize, message: Span, key: usize): u32;
export declare function ext_crypto_secp256k1_ecdsa_recover_compressed_version_2(
  signature: usize,
  hash: usize,
): Span;
