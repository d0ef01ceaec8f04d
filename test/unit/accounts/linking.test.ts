/**
 * A new device joins an account that another device has, from screen to screen.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { base64urlnopad } from '@scure/base';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeAddress } from '../../../core/identity/index.js';
import { MemoryStorage } from '../../../core/store/index.js';
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
  wallet,
  walletOn,
} from '../../support/on-origin.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';

it('both screens show origin, name and the same digits; the old device confirms, and the new one is in', async () => {
  const { url } = await running();
  const old = await guestOn(url, SHOP);
  const fresh = visitor(url, BANK);
  const offer = await fresh.offerLink({ deviceName: 'The phone' });
  expect([...fresh.stored.tables.values()].flat()).toEqual([]);
  const identity = await old.openIdentity();
  const request = await identity.readLink(` ${offer.text}\n`);
  expect(request).toEqual({ name: 'The phone', origin: BANK, code: offer.code, expires: offer.expires });
  expect(request.code).toMatch(/^\d{12}$/);
  const answer = await identity.confirmLink(offer.text, 'full');
  const me = await fresh.joinLink(answer);
  expect(me).toMatchObject({
    comingId: idOf(old),
    deviceId: 2,
    deviceName: 'The phone',
    access: 'full',
    kind: 'guest',
  });
  await online(fresh);
  // The account's key stays where it was.
  expect(deviceOf(fresh)).toMatchObject({ seed: undefined, entropy: undefined });
  expect((await fresh.openIdentity()).snapshot.value.hasKey).toBe(false);

  await keysMade(fresh);
  const peer = await guestOn(url, SHOP);
  await (await between(peer, old)).send('to both');
  await until(() => textsIn(old).length === 1 && textsIn(fresh).length === 1);
  await identity.remove(2);
  await waitFor(fresh.status, ({ problem }) => problem === 'device-removed');
});

it('a wallet’s device is linked with its wallet, for this origin only or for everything', async () => {
  const { url } = await running();
  const signer = wallet();
  const full = await walletOn(url, SHOP, signer, 'full');
  const identity = await full.openIdentity();
  const scoped = visitor(url, BANK);
  const { text } = await scoped.offerLink();
  expect(await refusal(() => identity.confirmLink(text, 'origin'))).toBe('signer-needed');
  expect(await scoped.joinLink(await identity.confirmLink(text, 'origin', signer))).toMatchObject({
    access: 'origin',
    kind: 'wallet',
  });
  await online(scoped);
  // Which cannot give what it does not have.
  const third = await visitor(url, BANK).offerLink();
  const asked = await scoped.openIdentity();
  expect(await refusal(() => asked.confirmLink(third.text, 'full', signer))).toBe('needs-full-device');
});

it('an answer is good for the device that made the offer, once, and nobody else can give one', async () => {
  const { url } = await running();
  const [old, stranger] = [await guestOn(url, SHOP), await guestOn(url, SHOP)];
  const [fresh, other] = [visitor(url, BANK), visitor(url, BANK)];
  expect(await refusal(() => fresh.joinLink('coming-link-answer:'))).toBe('not-offered');
  const offer = await fresh.offerLink();
  const others = await other.offerLink();
  const answer = await (await old.openIdentity()).confirmLink(offer.text, 'origin');
  expect(await refusal(() => other.joinLink(answer))).toBe('malformed-link');
  // A stranger who knows the public part only draws nobody into an account of theirs.
  const foreign = await (await stranger.openIdentity()).confirmLink(others.text, 'origin');
  expect(await refusal(() => fresh.joinLink(foreign))).toBe('malformed-link');
  expect(await fresh.joinLink(answer)).toMatchObject({ comingId: idOf(old) });
  expect(await refusal(() => fresh.joinLink(answer))).toBe('already-signed-in');
  expect(await refusal(() => fresh.offerLink())).toBe('already-signed-in');
});

it('confirming the same offer once more gives an answer once more, and adds nothing, also after a reload', async () => {
  const { url } = await running();
  const signer = wallet();
  const storage = new MemoryStorage();
  const old = visitor(url, SHOP, {}, storage);
  await old.useWallet(signer, { access: 'full' });
  await online(old);
  const fresh = visitor(url, BANK);
  const { text } = await fresh.offerLink();
  await (await old.openIdentity()).confirmLink(text, 'origin', signer);
  await old.close(); // before anybody saw the answer
  const again = await (await online(visitor(url, SHOP, {}, storage))).openIdentity();
  // The wallet is not asked: nothing is signed.
  const answer = await again.confirmLink(text, 'origin');
  expect(again.snapshot.value.devices).toHaveLength(2);
  expect(await fresh.joinLink(answer)).toMatchObject({ deviceId: 2, access: 'origin' });
  // What was not confirmed is not said by the way.
  expect(await refusal(() => again.confirmLink(text, 'full', signer))).toBe('invalid-log-entry');
  await again.remove(2, signer);
  expect(await refusal(() => again.confirmLink(text, 'origin', signer))).toBe('invalid-log-entry');
});

it('whoever carries an answer can change nothing that it says', async () => {
  const { url } = await running();
  const old = await guestOn(url, SHOP);
  const fresh = visitor(url, BANK);
  const offer = await fresh.offerLink();
  const answer = await (await old.openIdentity()).confirmLink(offer.text, 'origin');
  const start = 'coming-link-answer:';
  const lines = new TextDecoder().decode(base64urlnopad.decode(answer.slice(start.length))).split('\n');
  const others = [
    'Coming ID: ' + encodeAddress(new Uint8Array(32)),
    'Kind: wallet',
    `Entry: ${'00'.repeat(32)}`,
  ];
  for (const [at, line] of others.entries()) {
    const bent = start + base64urlnopad.encode(utf8ToBytes(lines.with(at, line).join('\n')));
    expect(await refusal(() => fresh.joinLink(bent)), line).toBe('malformed-link');
  }
  expect(await fresh.joinLink(answer)).toMatchObject({ kind: 'guest' });
});

it('what was offered before everything was erased is answered no more', async () => {
  const { url } = await running();
  const old = await guestOn(url, SHOP);
  const [used, unused] = [visitor(url, BANK), visitor(url, BANK)];
  const identity = await old.openIdentity();
  const answers = new Map<typeof used, string>();
  for (const fresh of [used, unused]) {
    answers.set(fresh, await identity.confirmLink((await fresh.offerLink()).text, 'origin'));
  }
  await used.joinLink(answers.get(used)!);
  for (const fresh of [used, unused]) {
    await fresh.erase();
    expect(await refusal(() => fresh.joinLink(answers.get(fresh)!))).toBe('not-offered');
  }
});

it('an offer expires after ten minutes', async () => {
  const { url } = await running();
  const old = await guestOn(url, SHOP);
  const late = visitor(url, BANK, { now: () => Date.now() - 11 * 60_000 });
  const identity = await old.openIdentity();
  const { text } = await late.offerLink();
  expect(await refusal(() => identity.readLink(text))).toBe('link-expired');
  expect(await refusal(() => identity.confirmLink(text, 'origin'))).toBe('link-expired');
  expect(identity.snapshot.value.devices).toHaveLength(1);
});

it('a text that was changed anywhere is no offer, or another one', async () => {
  const { url } = await running();
  const identity = await (await guestOn(url, SHOP)).openIdentity();
  const { text, code } = await visitor(url, BANK).offerLink();
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom(...'aZ0-_:'), async (at, character) => {
      const bent = text.slice(0, at) + character + text.slice(at + 1);
      if (bent === text) return;
      const outcome = await identity.readLink(bent).then(
        (read) => read.code,
        (error: { code: string }) => error.code,
      );
      expect(outcome).not.toBe(code);
      if (!/^\d{12}$/.test(outcome)) expect(['malformed-link', 'link-expired']).toContain(outcome);
    }),
    { numRuns: 60 },
  );
});
