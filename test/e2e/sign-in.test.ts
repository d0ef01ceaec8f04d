import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { build } from '../../scripts/build.mjs';

const root = new URL('../../', import.meta.url);

/** What a site's server would run; it knows nothing of the kit but the entry. */
const SERVER = `
  import { Keyring } from '@polkadot/keyring';
  import { cryptoWaitReady } from '@polkadot/util-crypto';
  import { verifySignIn, writeSignIn } from 'coming-kit/sign-in';

  await cryptoWaitReady();
  const now = Date.now();
  const results = {};
  for (const scheme of ['ed25519', 'sr25519', 'ecdsa']) {
    const pair = new Keyring({ type: scheme, ss58Format: 44 }).addFromUri('//Ada');
    const message = writeSignIn({
      domain: 'shop.example', account: pair.addressRaw, uri: 'https://shop.example/', nonce: 'x7FkQ2mN0pLs9TzB',
      chain: 'polkadot:' + '0a'.repeat(16), issuedAt: now, expiresAt: now + 60_000,
    });
    const signature = pair.sign(new TextEncoder().encode('<Bytes>' + message + '</Bytes>'));
    const given = new Set(['x7FkQ2mN0pLs9TzB']);
    const nonce = { take: (one) => given.delete(one) };
    const attempt = { message, signature, scheme, domain: 'shop.example', nonce, now };
    const { domain } = await verifySignIn(attempt);
    results[scheme] = [domain, await verifySignIn(attempt).catch(({ code }) => code)];
  }
  console.log(JSON.stringify({ results, hasPage: 'document' in globalThis }));
`;

beforeAll(() => build(['esm']));

it('the entry for sites’ servers checks sign-ins of every scheme in plain Node, each once', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', SERVER], {
    cwd: root,
  });
  const once = ['shop.example', 'sign-in-wrong-nonce'];
  expect(JSON.parse(stdout)).toEqual({
    results: { ed25519: once, sr25519: once, ecdsa: once },
    hasPage: false,
  });
});
