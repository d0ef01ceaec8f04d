import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { guestAccount, guestSigner, type AccountSigner } from '../../../core/identity/index.js';
import {
  MAX_CLOCK_SKEW,
  MAX_SIGN_IN_AGE,
  parseSignIn,
  verifySignIn,
  writeSignIn,
  type NonceStore,
  type SignIn,
  type SignInAttempt,
} from '../../../core/identity/sign-in.js';
import { independentSigner, SCHEMES } from '../../support/accounts.js';
import { refusal } from '../../support/codes.js';

const guest = await guestAccount(new Uint8Array(32).fill(1));
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const SIGN_IN: SignIn = {
  domain: 'shop.example',
  account: guest.account,
  uri: 'https://shop.example/log-in',
  chain: `polkadot:${'0a'.repeat(16)}`,
  nonce: 'x7FkQ2mN0pLs9TzB',
  issuedAt: NOW,
  expiresAt: NOW + MAX_SIGN_IN_AGE,
};

async function attempt(
  changes: Partial<SignIn> = {},
  signer: AccountSigner = guestSigner(guest),
): Promise<SignInAttempt> {
  const message = writeSignIn({ ...SIGN_IN, ...changes });
  const signature = await signer.signText(message);
  const { domain, nonce } = SIGN_IN;
  return { message, signature, scheme: signer.scheme, domain, nonce, now: NOW + 1000 };
}

/** Nonces in memory, as a site with one server would keep them. */
class Nonces implements NonceStore {
  constructor(private readonly given: Set<string>) {}

  take(nonce: string): boolean {
    return this.given.delete(nonce);
  }
}

const refused = async (tried: SignInAttempt | Promise<SignInAttempt>) =>
  refusal(async () => verifySignIn(await tried));
const written = (changes: Partial<SignIn>) => refusal(() => writeSignIn({ ...SIGN_IN, ...changes }));

const anySignIn: fc.Arbitrary<SignIn> = fc
  .record({
    domain: fc
      .tuple(fc.domain(), fc.constantFrom('', ':8443'))
      .map(([host, port]) => new URL(`https://${host}${port}`).host),
    account: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    path: fc.constantFrom('/', '/log-in', '/a/b?c=d'),
    chain: fc.stringMatching(/^[0-9a-f]{32}$/).map((hex) => `polkadot:${hex}`),
    nonce: fc.stringMatching(/^[A-Za-z0-9]{16,64}$/),
    issuedAt: fc.nat(Date.UTC(3000, 0)),
    age: fc.integer({ min: 1, max: MAX_SIGN_IN_AGE }),
  })
  .map(({ path, age, ...rest }) => ({
    ...rest,
    uri: `https://${rest.domain}${path}`,
    expiresAt: rest.issuedAt + age,
  }));

describe("a sign-in's text", () => {
  it('is Sign-In with Substrate, and says what it does not do', () => {
    expect(writeSignIn(SIGN_IN)).toMatchInlineSnapshot(`
      "shop.example wants you to sign in with your Substrate account:
      5SmfeV146F5SiuagGBHCW24xFKuGkdoTh212fxxYkFAKZsyZ

      Signing this logs you in. It pays nothing and lets no device read your messages.

      URI: https://shop.example/log-in
      Version: 1.0.0
      Chain ID: polkadot:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a
      Nonce: x7FkQ2mN0pLs9TzB
      Issued At: 2026-01-02T03:04:05.000Z
      Expiration Time: 2026-01-02T03:14:05.000Z"
    `);
  });

  it('reads back as what was written', () => {
    fc.assert(
      fc.property(anySignIn, (signIn) => {
        expect(parseSignIn(writeSignIn(signIn))).toEqual(signIn);
      }),
    );
  });

  it('is written in one way only', () => {
    const text = writeSignIn(SIGN_IN);
    const insert = fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.constantFrom('\n', '\r', '\r\n', '\u2028', '\u0085', '\t', ' ', '\u00a0', '0', '\u202e', '.', '\0'),
    );
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(3), insert, (at, remove, what) => {
        const changed = text.slice(0, at) + what + text.slice(at + remove);
        let read: SignIn;
        try {
          read = parseSignIn(changed);
        } catch (error) {
          expect(error).toMatchObject({ name: 'ComingError', code: 'malformed-sign-in' });
          return;
        }
        expect(writeSignIn(read)).toBe(changed);
      }),
      { numRuns: 1000 },
    );
    for (const variant of [
      `${text}\n`,
      `${text} `,
      `\n${text}`,
      text.replaceAll('\n', '\r\n'),
      text.replaceAll('\n', '\r'),
      text.replaceAll('\n', '\u2028'),
      `<Bytes>${text}</Bytes>`,
      `${text}\nResources:\n- https://evil.example/`,
      text.replace('It pays nothing', 'It pays a little'),
      text.replace('Version: 1.0.0', 'Version: 1'),
    ]) {
      expect(() => parseSignIn(variant)).toThrow(expect.objectContaining({ code: 'malformed-sign-in' }));
    }
  });

  it('names no domain, page, nonce or time but plain ones', async () => {
    const changes: Partial<SignIn>[] = [
      { domain: 'forum.example' }, // not the page's
      { domain: 'SHOP.example' },
      { domain: 'shop.example:443' },
      { domain: 'shop.example\nComing' },
      { domain: '' },
      { domain: 'shöp.example', uri: 'https://shöp.example/' },
      { uri: 'https://shop.example' },
      { uri: 'http://shop.example/' },
      { uri: 'https://user@shop.example/' },
      { uri: 'https://shop.example/#x' },
      { uri: 'https://shop.example/ x' },
      { uri: `https://shop.example/${'a'.repeat(2000)}` },
      { uri: 'javascript:alert(1)' },
      { nonce: 'short' },
      { nonce: 'with-punctuation-in-it' },
      { nonce: 'x'.repeat(65) },
      { chain: 'polkadot:1' },
      { chain: `eip155:${'0'.repeat(32)}` },
      { account: new Uint8Array(31) },
      { issuedAt: Number.NaN },
      { expiresAt: NOW },
      { expiresAt: NOW - 1 },
      { expiresAt: NOW + MAX_SIGN_IN_AGE + 1 },
    ];
    for (const change of changes)
      expect(await written(change), JSON.stringify(change)).toBe('malformed-sign-in');
    for (const domain of [
      'localhost:5173',
      '127.0.0.1:8080',
      '[::1]:80'.slice(0, -3),
      'xn--shp-sna.example',
    ]) {
      const uri = domain.startsWith('xn--') ? `https://${domain}/` : `http://${domain}/`;
      expect(parseSignIn(writeSignIn({ ...SIGN_IN, domain, uri })).domain).toBe(domain);
    }
  });

  it('refuses what is no text at all', async () => {
    for (const message of [undefined, null, 7, {}, [], 'x'.repeat(1_000_000), '']) {
      expect(await refusal(() => parseSignIn(message as string))).toBe('malformed-sign-in');
    }
  });
});

describe("a site's check", () => {
  it('lets in whoever signed, for its domain, in time', async () => {
    expect(await verifySignIn(await attempt())).toEqual(SIGN_IN);
    expect(await verifySignIn({ ...(await attempt()), account: guest.account })).toEqual(SIGN_IN);
  });

  it('refuses a sign-in to another domain, however alike', async () => {
    for (const domain of [
      'forum.example',
      'shop.example.evil.example',
      'sh0p.example',
      'xn--shp-sna.example',
      'shop.example:8443',
    ]) {
      expect(await refused(attempt({ domain, uri: `https://${domain}/` })), domain).toBe('sign-in-elsewhere');
    }
  });

  it('refuses it before its time and after', async () => {
    const tried = await attempt();
    const { issuedAt, expiresAt } = SIGN_IN;
    const at = (now: number) => ({ ...tried, now });
    expect(await refused(at(expiresAt))).toBe('sign-in-expired');
    expect(await verifySignIn(at(expiresAt - 1))).toEqual(SIGN_IN);
    expect(await refused(at(issuedAt - MAX_CLOCK_SKEW - 1))).toBe('sign-in-too-early');
    expect(await verifySignIn(at(issuedAt - MAX_CLOCK_SKEW))).toEqual(SIGN_IN);
  });

  it('lets nobody in on a server that does not say what time it is', async () => {
    const tried = await attempt();
    for (const now of [undefined, Number.NaN, new Date(Number.NaN)]) {
      expect(await refused({ ...tried, now: now as number })).toBe('sign-in-expired');
    }
  });

  it('refuses another account than the one that was asked for, and one that did not sign', async () => {
    const bo = await guestAccount(new Uint8Array(32).fill(2));
    expect(await refused({ ...(await attempt()), account: bo.account })).toBe('sign-in-wrong-account');
    expect(await refused(attempt({ account: bo.account }))).toBe('sign-in-not-signed');
    expect(await refused(attempt({}, guestSigner(bo)))).toBe('sign-in-not-signed');
    expect(await refused({ ...(await attempt()), scheme: 'sr25519' })).toBe('sign-in-not-signed');
    expect(await refused({ ...(await attempt()), scheme: 'none' as 'sr25519' })).toBe('sign-in-not-signed');
  });

  it('refuses a nonce that is not the one it gave out, and one that was used', async () => {
    expect(await refused({ ...(await attempt()), nonce: 'another0nonce0of0ours' })).toBe(
      'sign-in-wrong-nonce',
    );
    const nonce = new Nonces(new Set([SIGN_IN.nonce]));
    const tried = { ...(await attempt()), nonce };
    expect(await verifySignIn(tried)).toEqual(SIGN_IN);
    expect(await refused(tried)).toBe('sign-in-wrong-nonce');
    expect(await refused({ ...tried, nonce: new Nonces(new Set()) })).toBe('sign-in-wrong-nonce');
  });

  it('lets in one of two that send the same at the same moment', async () => {
    const tried = { ...(await attempt()), nonce: new Nonces(new Set([SIGN_IN.nonce])) };
    const results = await Promise.allSettled([verifySignIn(tried), verifySignIn(tried)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('uses no nonce up for somebody who did not sign', async () => {
    const nonce = new Nonces(new Set([SIGN_IN.nonce]));
    const tried = { ...(await attempt()), nonce };
    expect(await refused({ ...tried, signature: new Uint8Array(64) })).toBe('sign-in-not-signed');
    expect(await verifySignIn(tried)).toEqual(SIGN_IN);
  });

  describe.each(SCHEMES)('of a key of %s', (scheme) => {
    let raw: AccountSigner & { account: Uint8Array };
    let wrapping: AccountSigner;

    beforeAll(async () => {
      raw = await independentSigner(scheme, 'Ada');
      wrapping = await independentSigner(scheme, 'Ada', { wrap: true });
    });

    it('takes what @polkadot/keyring signed, raw and wrapped, and nothing bent', async () => {
      const { account } = raw;
      for (const signer of [raw, wrapping]) {
        const tried = await attempt({ account }, signer);
        expect((await verifySignIn(tried)).account).toEqual(account);
        const signature = tried.signature.with(7, tried.signature[7]! ^ 1);
        expect(await refused({ ...tried, signature })).toBe('sign-in-not-signed');
      }
    });
  });
});
