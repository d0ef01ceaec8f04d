import { readdirSync, readFileSync } from 'node:fs';
import * as whole from '@polkadot-api/substrate-bindings';
import { describe, expect, it } from 'vitest';
import * as shim from '../../../core/ledger/substrate/bindings-shim.js';

const builders = new URL('../../../node_modules/@polkadot-api/metadata-builders/dist/', import.meta.url);

/** What the builders say of the package, whichever way they import it. */
function namesInUse(): string[] {
  return readdirSync(builders)
    .filter((file) => file.endsWith('.js'))
    .map((file) => readFileSync(new URL(file, builders), 'utf8'))
    .flatMap((source) => [
      ...[...source.matchAll(/\bscale\.(\w+)/g)].map(([, name]) => name!),
      ...[...source.matchAll(/import \{([^}]+)\} from '@polkadot-api\/substrate-bindings'/g)].flatMap(
        ([, names]) => names!.split(',').map((name) => name.trim()),
      ),
    ]);
}

// The crate frame-metadata: `StorageHasher`, and scale-info: `TypeDefPrimitive`.
const HASHERS = 'Blake2128 Blake2256 Blake2128Concat Twox128 Twox256 Twox64Concat Identity'.split(' ');
const PRIMITIVES = 'bool char str u8 u16 u32 u64 u128 u256 i8 i16 i32 i64 i128 i256'.split(' ');

describe('what stands in for the codecs of chains', () => {
  it('has all that is used of them, and nothing else', () => {
    const used = namesInUse();
    expect(used).toContain('ethAccount');
    expect(used).toContain('h64');
    expect(Object.keys(shim).sort()).toEqual([...new Set([...used, ...HASHERS, ...PRIMITIVES])].sort());
  });

  it('is the package’s own, but for Ethereum’s accounts', () => {
    const { ethAccount, ...rest } = shim;
    expect(whole).toMatchObject(rest);
    const account = Uint8Array.from({ length: 20 }, (_, at) => 0xa0 + at);
    expect(ethAccount.dec(account)).toBe(whole.ethAccount.dec(account).toLowerCase());
    expect(ethAccount.enc(ethAccount.dec(account))).toEqual(account);
  });
});
