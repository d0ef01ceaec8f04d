/**
 * A guest's account outlives its browser: by its words, or by its file.
 */
import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { beforeAll, expect, it } from 'vitest';
import { running } from '../../../relay/test/running.js';
import { refusal } from '../../support/codes.js';
import {
  BANK,
  between,
  deviceOf,
  guestOn,
  idOf,
  keysMade,
  online,
  SHOP,
  textsIn,
  visitor,
  type Visitor,
  wallet,
  walletOn,
} from '../../support/on-origin.js';
import { until } from '../../support/until.js';

beforeAll(() => cryptoWaitReady());

const wordsOf = async (guest: Visitor) => (await (await guest.openIdentity()).words()).join(' ');

it('words that were written down bring the account to another browser, beside the first one', async () => {
  const { url } = await running();
  const first = await guestOn(url, SHOP);
  const identity = await first.openIdentity();
  expect(identity.snapshot.value).toMatchObject({ hasKey: true, hasWords: true, backedUp: false });
  const words = await identity.words();
  expect(words).toHaveLength(12);
  expect(await refusal(() => identity.confirmWords([...words].reverse().join(' ')))).toMatch(/^words-/);
  expect(first.status.value.me!.backedUp).toBe(false);
  await identity.confirmWords(`  ${words.join('\n').toUpperCase()} `);
  expect(first.status.value.me!.backedUp).toBe(true);
  expect(identity.snapshot.value.backedUp).toBe(true);

  const second = visitor(url, SHOP);
  const me = await second.becomeGuest({ secret: { kind: 'words', words: words.join(' ') } });
  expect(me).toMatchObject({ comingId: idOf(first), deviceId: 2, access: 'origin', backedUp: true });
  await online(second);
  const granted = await identity.grant(2).then(() => second.openIdentity());
  await until(() => granted.snapshot.value.devices[1]?.access === 'full');

  await keysMade(second);
  const peer = await guestOn(url, BANK);
  await (await between(peer, first)).send('to both');
  await until(() => textsIn(first).length === 1 && textsIn(second).length === 1);
});

it('an identity that was opened before gives nothing away once everything was erased, or another account is here', async () => {
  const { url } = await running();
  const [erased, handedOver, removed, closed] = [
    await guestOn(url, SHOP),
    await guestOn(url, SHOP),
    await guestOn(url, SHOP),
    await guestOn(url, SHOP),
  ];
  const stale = await Promise.all(
    [erased, handedOver, removed, closed].map(async (client) => {
      const identity = await client.openIdentity();
      const words = await identity.words();
      return { identity, words: words.join(' ') };
    }),
  );
  await erased.erase();
  await stale[1]!.identity.handOver(wallet());
  await stale[2]!.identity.remove(1);
  await closed.close();
  for (const { identity, words } of stale) {
    const asked = [
      () => identity.words(),
      () => identity.confirmWords(words),
      () => identity.exportKey('long enough'),
      () => identity.rename(1, 'x'),
      () => identity.remove(1),
      () => identity.refresh(),
      () => identity.handOver(wallet()),
      () => identity.did(),
    ];
    for (const ask of asked) expect(await refusal(ask)).toBe('closed');
  }
  // Who is here now is asked anew.
  const now = await handedOver.openIdentity();
  expect(now.snapshot.value.kind).toBe('wallet');
  expect(await refusal(() => now.words())).toBe('no-words');
});

it('who has lost every browser is a person with full access again, once the lost devices are removed', async () => {
  const { url } = await running();
  const lost = await guestOn(url, SHOP);
  const words = await wordsOf(lost);
  const comingId = idOf(lost);
  await lost.close();
  const found = visitor(url, SHOP);
  expect(await found.becomeGuest({ secret: { kind: 'words', words } })).toMatchObject({
    comingId,
    access: 'origin',
  });
  await online(found);
  const identity = await found.openIdentity();
  expect(await refusal(() => identity.grant(2))).toBe('needs-full-device');
  await identity.remove(1);
  await identity.grant(2);
  expect(found.status.value.me).toMatchObject({ access: 'full' });
});

it('the words are those of the same account in polkadot{.js}', async () => {
  const { url } = await running();
  const guest = await guestOn(url, SHOP);
  const words = await wordsOf(guest);
  const pair = new Keyring({ type: 'ed25519', ss58Format: 44 }).addFromMnemonic(words);
  expect(pair.address).toBe(idOf(guest));
});

it(
  'a file that was exported brings the account back, and polkadot{.js} reads it',
  { timeout: 30_000 },
  async () => {
    const { url } = await running();
    const guest = await guestOn(url, SHOP);
    const identity = await guest.openIdentity();
    expect(await refusal(() => identity.exportKey('short'))).toBe('weak-passphrase');
    expect(guest.status.value.me!.backedUp).toBe(false);
    const json = await identity.exportKey('correct horse');
    expect(guest.status.value.me!.backedUp).toBe(true);
    const pair = new Keyring().createFromJson(JSON.parse(json) as never);
    pair.unlock('correct horse');
    expect(pair.isLocked).toBe(false);

    const other = visitor(url, SHOP);
    const wrong = { kind: 'keystore', json, passphrase: 'wrong horse' } as const;
    expect(await refusal(() => other.becomeGuest({ secret: wrong }))).toBe('wrong-passphrase');
    const me = await other.becomeGuest({ secret: { ...wrong, passphrase: 'correct horse' } });
    expect(me).toMatchObject({ comingId: idOf(guest), deviceId: 2 });
    const restored = await other.openIdentity();
    expect(restored.snapshot.value).toMatchObject({ hasKey: true, hasWords: false, backedUp: true });
    expect(await refusal(() => restored.words())).toBe('no-words');
  },
);

it('a secret that is none leaves everything as it was', async () => {
  const { url } = await running();
  const client = visitor(url, SHOP);
  const words = (text: string) => client.becomeGuest({ secret: { kind: 'words', words: text } });
  expect(await refusal(() => words('one two nonsense'))).toBe('unknown-word');
  expect(await refusal(() => words('abandon abandon'))).toBe('words-incomplete');
  expect(await refusal(() => words('abandon '.repeat(12)))).toBe('words-mismatch');
  expect(client.status.value).toMatchObject({ phase: 'signed-out', me: undefined });
  expect([...client.stored.tables.values()].flat()).toEqual([]);
});

it('a wallet’s key is not here: nothing of it can be shown or exported', async () => {
  const { url } = await running();
  const client = await walletOn(url, SHOP, wallet());
  const identity = await client.openIdentity();
  expect(identity.snapshot.value).toMatchObject({ hasKey: false, hasWords: false, backedUp: true });
  expect(await refusal(() => identity.words())).toBe('no-words');
  expect(await refusal(() => identity.exportKey('long enough'))).toBe('no-key');
  expect(deviceOf(client)).toMatchObject({ seed: undefined, entropy: undefined });
});
