import { randomBytes } from 'node:crypto';
import { Keyring } from '@polkadot/keyring';
import type { KeyringPair$Json } from '@polkadot/keyring/types';
import { encodePair } from '@polkadot/keyring/pair/encode';
import { cryptoWaitReady, jsonDecrypt, naclEncrypt, scryptEncode, scryptToU8a } from '@polkadot/util-crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { guestAccount } from '../../../core/identity/index.js';
import { readKeystore, writeKeystore } from '../../../core/identity/keystore.js';
import { refusal } from '../../support/codes.js';

const guest = await guestAccount(new Uint8Array(32).fill(5));
const META = { name: 'Ada', whenCreated: 1_750_000_000_000 };
const PASSPHRASE = 'correct horse — bättery';

type File = { encoded: string; encoding: object; address: string; meta: object };

let theirs: File;
let ours: File;

beforeAll(async () => {
  await cryptoWaitReady();
  const pair = new Keyring({ type: 'ed25519', ss58Format: 44 }).addFromSeed(guest.seed, { name: 'Ada' });
  theirs = pair.toJson(PASSPHRASE) as unknown as File;
  ours = JSON.parse(await writeKeystore(guest, PASSPHRASE, META, randomBytes(56))) as File;
});

const read = (file: unknown, passphrase = PASSPHRASE) => readKeystore(JSON.stringify(file), passphrase);
const refusedFor = (file: unknown, passphrase?: string) => refusal(() => read(file, passphrase));

/** A file with some bytes replaced. */
function bent(file: File, at: number, ...bytes: number[]): File {
  const encoded = Buffer.from(file.encoded, 'base64');
  encoded.set(bytes, at);
  return { ...file, encoded: encoded.toString('base64') };
}

/** The same account, or another body, as polkadot{.js} encrypts it with other costs. */
function older(N: number, p: number, r: number, body?: Uint8Array): File {
  const { salt, password } = scryptEncode(PASSPHRASE, randomBytes(32), { N, p, r } as never);
  const whole = body ?? jsonDecrypt(theirs as never, PASSPHRASE);
  const { encrypted, nonce } = naclEncrypt(whole, password.subarray(0, 32));
  const encoded = Buffer.concat([scryptToU8a(salt, { N, p, r } as never), nonce, encrypted]);
  return { ...theirs, encoded: encoded.toString('base64') };
}

/** A file that asks for these costs of scrypt. */
function costing(n: number, p: number, r: number): File {
  const numbers = Buffer.alloc(12);
  [n, p, r].forEach((cost, i) => numbers.writeUInt32LE(cost, 4 * i));
  return bent(theirs, 32, ...numbers);
}

describe("an account's file", () => {
  it('that polkadot{.js} wrote is read here', async () => {
    expect(await read(theirs)).toEqual(guest);
  });

  it('that is written here is read by polkadot{.js}', () => {
    const pair = new Keyring({ ss58Format: 44 }).addFromJson(ours as unknown as KeyringPair$Json);
    expect(pair.isLocked).toBe(true);
    expect(() => pair.unlock('another passphrase')).toThrow();
    pair.unlock(PASSPHRASE);
    expect({ type: pair.type, meta: pair.meta, address: pair.address }).toEqual({
      ...{ type: 'ed25519', meta: META },
      address: theirs.address,
    });
    const message = Uint8Array.of(1, 2, 3);
    expect(pair.verify(message, pair.sign(message), guest.account)).toBe(true);
  });

  it('comes back as it was, and holds no secret in the clear', async () => {
    expect(await read(ours)).toEqual(guest);
    expect(Buffer.from(ours.encoded, 'base64').includes(Buffer.from(guest.seed))).toBe(false);
    expect(Object.keys(ours)).toEqual(Object.keys(theirs));
    expect(ours.encoding).toEqual(theirs.encoding);
    expect(ours.encoded).toHaveLength(theirs.encoded.length);
  });

  it('that polkadot{.js} wrote with other costs is read as well', async () => {
    expect(await read(older(2 ** 13, 10, 8))).toEqual(guest);
    expect(await read(older(2 ** 14, 5, 8))).toEqual(guest);
  });

  it('opens with its passphrase only, and not at all once it was changed', async () => {
    const file = older(2 ** 15, 1, 8);
    expect(await refusedFor(file, 'correct horse')).toBe('wrong-passphrase');
    expect(await refusedFor(file, '')).toBe('wrong-passphrase');
    for (const at of [0, 44, 68, 100, 200]) {
      const changed = bent(file, at, Buffer.from(file.encoded, 'base64')[at]! ^ 1);
      expect(await refusedFor(changed)).toBe('wrong-passphrase');
    }
    expect(await read(file)).toEqual(guest);
  });

  it('is not written for a passphrase that is none', async () => {
    expect(await refusal(() => writeKeystore(guest, 'short', META, randomBytes(56)))).toBe('weak-passphrase');
  });

  it('is refused when it names the address of another account', async () => {
    const { address } = new Keyring({ type: 'ed25519', ss58Format: 44 }).addFromUri('//Bo');
    expect(await refusedFor({ ...theirs, address })).toBe('malformed-keystore');
  });

  it('is refused when its public key is not the one of its seed, as signatures with it would give the seed away', async () => {
    const [seed, key, other] = [guest.seed, guest.account, new Uint8Array(32)];
    for (const [secret, publicKey] of [
      [[...seed, ...key], other],
      [[...seed, ...other], key],
    ] as const) {
      // Without a passphrase: the body as it is.
      const body = encodePair({ secretKey: Uint8Array.from(secret), publicKey });
      expect(await refusedFor(older(2 ** 15, 1, 8, body))).toBe('malformed-keystore');
    }
  });

  it('is refused at once when it asks for costs that nobody writes', async () => {
    const start = performance.now();
    for (const [n, p, r] of [
      [2 ** 31, 1, 8],
      [2 ** 20, 1, 8],
      [2 ** 17, 16, 8],
      [2 ** 17, 1, 2 ** 30],
      [2 ** 14, 1, 8],
      [2 ** 17, 0, 8],
      [0, 1, 8],
      [3, 1, 8],
      [1, 1, 1],
      [2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1],
    ] as const) {
      expect(await refusedFor(costing(n, p, r))).toBe('unsupported-keystore');
    }
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('of another kind of key, or not encrypted, is refused as such', async () => {
    const { encoding } = theirs;
    const plain = new Keyring({ type: 'ed25519', ss58Format: 44 }).addFromSeed(guest.seed).toJson();
    for (const file of [
      plain,
      { ...theirs, encoding: { ...encoding, content: ['pkcs8', 'sr25519'] } },
      { ...theirs, encoding: { ...encoding, type: ['none'] } },
      { ...theirs, encoding: { ...encoding, version: '2' } },
    ]) {
      expect(await refusedFor(file)).toBe('unsupported-keystore');
    }
  });

  it('can be anything, and is refused in no other way', async () => {
    const known = ['malformed-keystore', 'unsupported-keystore'];
    const part = fc.oneof(fc.jsonValue(), fc.constantFrom(theirs.encoded, theirs.encoding, theirs.address));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.jsonValue(), fc.record({ encoded: part, encoding: part, address: fc.jsonValue() })),
        async (file) => {
          expect(known).toContain(await refusal(() => read(file)));
        },
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect(await refusal(() => readKeystore(text, PASSPHRASE))).toBe('malformed-keystore');
      }),
    );
    expect(await refusal(() => readKeystore(' '.repeat(1_000_000), PASSPHRASE))).toBe('malformed-keystore');
    // Things that cannot become text.
    for (const kind of ['content', 'type']) {
      const encoding = { ...theirs.encoding, [kind]: [{ toString: 1, valueOf: 1 }] };
      expect(await refusedFor({ ...theirs, encoding })).toBe('unsupported-keystore');
    }
    expect(await refusedFor({ ...theirs, encoded: theirs.encoded.slice(4) })).toBe('malformed-keystore');
  });
});
