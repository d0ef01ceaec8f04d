/**
 * A relay that lies about people, and what they see of it: real browsers on the real relay, with a proxy before it that
 * changes its answers.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  guestAccount,
  guestSigner,
  verifyLog,
  type AccountSigner,
  type SignedEntry,
} from '../../core/identity/index.js';
import { changeLog } from '../../core/identity/log-changes.js';
import { platformPrimitives } from '../../core/ratchet/index.js';
import { independentSigner, newDevice, signedEntry } from '../support/accounts.js';
import { injectWallet, pairOf } from '../support/injected-wallet.js';
import {
  arrive,
  bubble,
  lookAt,
  openOnly,
  openSite,
  write,
  type Site,
  type Visiting,
  welcomeStrangers,
} from '../support/kit-site.js';
import { LyingRelay } from '../support/lying-relay.js';
import { accountOf, deviceOf, idOf, textsIn, wallet, walletOn, welcoming } from '../support/on-origin.js';
import { until } from '../support/until.js';
import { launch } from '../support/visitors.js';
import { waitFor } from '../support/wait.js';

let site: Site;
let browser: Browser;

beforeAll(async () => {
  site = await openSite();
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** Bo, who waits to be written to, and somebody whose page is about him. */
async function two(relay: LyingRelay): Promise<{ ada: Visiting; bo: Visiting }> {
  const bo = await arrive(browser, site.page({ relay: relay.url }));
  await welcomeStrangers(bo);
  return { bo, ada: await toBo(relay, bo.id) };
}

const toBo = (relay: LyingRelay, peer: string) =>
  arrive(browser, site.page({ relay: relay.url, peer, label: 'Bo' }));

/** Waits until a message of somebody stands as not sent, with this reason. */
async function isHeldBack(who: Visiting, text: string, reason: string): Promise<void> {
  const message = bubble(who, text);
  await message.getByText(`Not sent. ${reason}`, { exact: true }).waitFor();
  await message.getByRole('img', { name: 'Not sent', exact: true }).waitFor();
  expect(await message.getByRole('button', { name: 'Try again' }).isEnabled()).toBe(true);
}

async function arrives(from: Visiting, text: string): Promise<void> {
  await bubble(from, text)
    .getByRole('img', { name: /^(Delivered|Read)$/ })
    .waitFor();
}

const again = (who: Visiting, text: string) =>
  bubble(who, text).getByRole('button', { name: 'Try again' }).click();

/** Bo with an account of a wallet. */
async function boWithWallet(
  relay: LyingRelay,
  refused: (who: Pick<Visiting, 'chat'>) => Promise<void> = async () => undefined,
): Promise<Visiting> {
  const pair = await pairOf('Bo');
  const bo = await arrive(browser, site.page({ relay: relay.url }), {
    prepare: (context) => injectWallet(context, pair),
    signIn: async (chat) => {
      await chat.getByRole('button', { name: /Connect a wallet/ }).click();
      await refused({ chat });
    },
  });
  await welcomeStrangers(bo);
  return bo;
}

const DAY = 86_400_000;

const ADVICE = 'Compare your Coming IDs another way before you write anything private.';
const NOT_SIGNED = `This person’s keys are not signed properly. ${ADVICE}`;
const FALSE_LIST = `The list of this person’s devices does not check. ${ADVICE}`;
const OWN_LIST =
  'The relay’s list of your devices does not check. Look at your devices in your identity, or use another relay.';
const CHANGED = `The list of this person’s devices changed in a way it should not. ${ADVICE}`;

/** From now on every key that is handed out is the relay's own; counts how often. */
async function swapKeys(relay: LyingRelay): Promise<{ readonly count: number }> {
  const claims = { count: 0 };
  const p = await platformPrimitives();
  const identity = await p.generateKeyPair();
  const own = async ({ publicKey }: { publicKey: Uint8Array }, id: number) => ({
    id,
    publicKey,
    signature: await p.sign(identity.privateKey, publicKey),
  });
  const signedPreKey = await own(await p.generateKeyPair(), 7);
  const kyberPreKey = await own(await p.generateKemKeyPair(), 8);
  relay.answer = (truth, request) => {
    if (!request.claimKeys) return truth;
    claims.count += 1;
    const bundles = truth.keys!.bundles!.map((one) => ({ ...one, signedPreKey, kyberPreKey }));
    return { ...truth, keys: { bundles } } as never;
  };
  return claims;
}

it('swapped keys at first contact: the message stays, says why, and arrives once the relay is honest', async () => {
  const relay = await LyingRelay.start();
  const { ada, bo } = await two(relay);
  const claims = await swapKeys(relay);
  await write(ada, 'a secret');
  await isHeldBack(ada, 'a secret', NOT_SIGNED);
  await again(ada, 'a secret');
  await until(() => claims.count === 2);
  await isHeldBack(ada, 'a secret', NOT_SIGNED);
  // Still there, and still not sent, when the page is opened anew.
  await ada.page.reload();
  await isHeldBack(ada, 'a secret', NOT_SIGNED);
  expect(relay.sentBy(ada.account)).toEqual([]);
  await bo.chat.getByText('No conversations yet').waitFor();

  relay.repent();
  await again(ada, 'a secret');
  await arrives(ada, 'a secret');
  await openOnly(bo);
  await bubble(bo, 'a secret').waitFor();
  expect([...ada.complaints, ...bo.complaints]).toEqual([]);
});

it('swapped keys when a session is renewed: nothing goes to them, and what was said before is untouched', async () => {
  const relay = await LyingRelay.start();
  const { ada, bo } = await two(relay);
  const { page } = bo;
  await page.goto('about:blank');
  await write(ada, 'before');
  await bubble(ada, 'before').getByRole('img', { name: 'Sent', exact: true }).waitFor();
  // Nobody answered for so long that a new session is begun.
  await ada.page.clock.setFixedTime(Date.now() + 31 * DAY);
  await ada.page.reload();
  await swapKeys(relay);
  const sent = relay.sentBy(ada.account).length;
  await write(ada, 'a secret');
  await isHeldBack(ada, 'a secret', NOT_SIGNED);
  expect(relay.sentBy(ada.account)).toHaveLength(sent);

  relay.repent();
  await again(ada, 'a secret');
  await page.goBack();
  await openOnly(bo);
  await bubble(bo, 'before').waitFor();
  await bubble(bo, 'a secret').waitFor();
  await arrives(ada, 'a secret');
});

it('swapped keys of a device that is new: no other device is told either, until all can be', async () => {
  const relay = await LyingRelay.start();
  const signer = wallet();
  const bo = await welcoming(await walletOn(relay.url, site.origin, signer));
  const ada = await toBo(relay, idOf(bo));
  await write(ada, 'hello');
  await arrives(ada, 'hello');
  let hasKeys = false;
  relay.answer = (truth, { publishKeys }) => {
    hasKeys ||= Boolean(publishKeys?.signedPreKey);
    return truth;
  };
  const also = await walletOn(relay.url, site.origin, signer);
  await until(() => hasKeys, 'the new device has published its keys');
  await swapKeys(relay);
  await write(ada, 'a secret');
  await isHeldBack(ada, 'a secret', NOT_SIGNED);
  expect(textsIn(bo)).toEqual(['hello']);

  relay.repent();
  await again(ada, 'a secret');
  await until(() => textsIn(bo).length === 2 && textsIn(also).length === 1);
  // A new device in the proper way is no alarm.
  await ada.chat.getByText('They use a new device.').waitFor();
});

it('a false list of devices: refused in words at first contact and later, whoever signed it', async () => {
  const relay = await LyingRelay.start();
  const { ada, bo } = await two(relay);
  const eve = await arrive(browser, site.page({ relay: relay.url }));
  const [bos, eves] = [await relay.logOf(bo.account), await relay.logOf(eve.account)];
  for (const [n, entries] of (await falseLists(bo.account, bos, eves)).entries()) {
    relay.serveLog(bo.account, entries);
    await write(ada, `secret ${n}`);
    await isHeldBack(ada, `secret ${n}`, FALSE_LIST);
  }
  expect(relay.sentBy(ada.account)).toEqual([]);
  await lookAt(ada, 'Bo');
  await ada.contact.getByRole('alert').filter({ hasText: FALSE_LIST }).waitFor();
  await ada.contact.getByText('No device is known yet.').waitFor();
  await close(ada);

  relay.repent();
  await again(ada, 'secret 0');
  await arrives(ada, 'secret 0');
  const sent = relay.sentBy(ada.account).length;
  for (const [n, entries] of (await falseLists(bo.account, bos, eves)).entries()) {
    relay.serveLog(bo.account, entries);
    await write(ada, `later ${n}`);
    await isHeldBack(ada, `later ${n}`, FALSE_LIST);
  }
  for (const { send } of relay.sentBy(ada.account).slice(sent)) {
    // To the one device that Bo has, for which they were made before the relay lied.
    expect(send!.envelopes!.map(({ deviceId }) => deviceId)).toEqual([1]);
  }
  await lookAt(ada, 'Bo');
  await ada.contact.getByRole('alert').filter({ hasText: FALSE_LIST }).waitFor();
  await ada.contact.getByText('Not verified').waitFor();
  expect(await ada.contact.getByRole('list').getByRole('listitem').count()).toBe(1);
  await close(ada);

  relay.repent();
  await again(ada, 'later 0');
  await arrives(ada, 'later 0');
  await eve.chat.getByText('No conversations yet').waitFor();
});

it('an old list, which hides that a device was removed: sending stops until the person goes on', async () => {
  const relay = await LyingRelay.start();
  const signer = wallet();
  const bo = await welcoming(await walletOn(relay.url, site.origin, signer));
  const stolen = await walletOn(relay.url, site.origin, signer);
  const ada = await toBo(relay, idOf(bo));
  await write(ada, 'hello');
  await arrives(ada, 'hello');
  const identity = await bo.openIdentity();
  await identity.refresh();
  const before = deviceOf(bo).log;
  await stolen.close();
  await identity.remove(2, signer);
  await lookAt(ada, 'Bo');
  await oneDevice(ada).waitFor();
  await close(ada);

  relay.serveLog(accountOf(bo), before);
  await write(ada, 'secret');
  await isHeldBack(ada, 'secret', CHANGED);
  const sent = relay.sentBy(ada.account).length;
  await write(ada, 'a second one');
  await isHeldBack(ada, 'a second one', CHANGED);
  expect(relay.sentBy(ada.account)).toHaveLength(sent);
  // Across a reload, and also when the relay is honest again: it is the person who decides.
  relay.repent();
  await ada.page.reload();
  await again(ada, 'secret');
  await isHeldBack(ada, 'secret', CHANGED);
  const stop = ada.chat.locator('.banner.stop');
  expect(await stop.innerText()).toContain(CHANGED);

  await goOn(ada, stop);
  await again(ada, 'secret');
  await arrives(ada, 'secret');
  await stop.waitFor({ state: 'hidden' });
  expect(textsIn(bo)).toEqual(['hello', 'secret']);
});

it('a hidden device: whoever never saw it learns of it by scanning the code of the person', async () => {
  const relay = await LyingRelay.start();
  const signer = wallet();
  const bo = await welcoming(await walletOn(relay.url, site.origin, signer));
  const root = deviceOf(bo).log;
  await walletOn(relay.url, site.origin, signer);
  await (await bo.openIdentity()).refresh();
  relay.serveLog(accountOf(bo), root);
  const ada = await toBo(relay, idOf(bo));
  await lookAt(ada, 'Bo');
  await oneDevice(ada).waitFor();
  const shown = await bo.openContact(ada.id);
  const { qr } = await waitFor(shown.snapshot, ({ status }) => status === 'unverified');
  await scan(ada, qr!);
  const alert = ada.contact.getByRole('alert').filter({
    hasText:
      'The account is right, but they see another list of devices than you do: somebody shows the two of you different lists. Write nothing private here.',
  });
  await alert.waitFor();

  relay.repent();
  await paste(ada, qr!);
  await ada.contact.getByText('Compared', { exact: true }).waitFor();
  expect(await ada.contact.getByRole('listitem').count()).toBe(2);
});

it('different lists for two people: caught by whoever is shown both', async () => {
  const relay = await LyingRelay.start();
  const signer = wallet();
  const bo = await welcoming(await walletOn(relay.url, site.origin, signer));
  const root = deviceOf(bo).log;
  await (await bo.openIdentity()).rename(1, 'shown to Ada', signer);
  const forCarl = await renamed(accountOf(bo), root, signer, 'shown to Carl');
  const [ada, carl] = [await toBo(relay, idOf(bo)), await toBo(relay, idOf(bo))];
  relay.serveLog(accountOf(bo), forCarl, carl.account);
  for (const [who, name] of [
    [ada, 'shown to Ada'],
    [carl, 'shown to Carl'],
  ] as const) {
    await lookAt(who, 'Bo');
    await who.contact.getByText(name).waitFor();
    await who.contact.getByText('Not verified').waitFor();
  }
  // The person has another list than Carl was shown.
  const shown = await bo.openContact(carl.id);
  const { qr } = await waitFor(shown.snapshot, ({ status }) => status === 'unverified');
  await scan(carl, qr!);
  await carl.contact.getByRole('alert').filter({ hasText: 'they see another list of devices' }).waitFor();
  await close(carl);
  await close(ada);

  // Once the relay mixes them up, also without meeting.
  relay.repent();
  await write(carl, 'secret');
  await isHeldBack(carl, 'secret', CHANGED);
  const stop = carl.chat.locator('.banner.stop');
  await goOn(carl, stop);
  await again(carl, 'secret');
  await arrives(carl, 'secret');
  await write(ada, 'hello');
  await arrives(ada, 'hello');
});

it('a false sender: shown under nobody’s name, and the conversation says that something came', async () => {
  const relay = await LyingRelay.start();
  const { ada, bo } = await two(relay);
  await write(ada, 'hello');
  await arrives(ada, 'hello');
  const eve = await arrive(browser, site.page({ relay: relay.url, peer: ada.id, label: 'Ada' }));
  // What Eve writes to Ada is said to come from Bo.
  relay.ask = (request) =>
    request.deliver
      ? ({
          ...request,
          deliver: {
            envelopes: request.deliver.envelopes!.map((one) => ({
              ...one,
              senderAccount: hexToBytes(bo.account),
            })),
          },
        } as never)
      : request;
  await write(eve, 'I am Bo, send money');
  await ada.chat
    .getByText('A message arrived that could not be decrypted. Ask for it to be sent again.')
    .waitFor();
  expect(await ada.chat.getByText('send money').count()).toBe(0);

  relay.repent();
  await write(ada, 'still you?');
  await arrives(ada, 'still you?');
});

it('two lists of one’s own devices: said as what it is, and settled with the wallet', async () => {
  const relay = await LyingRelay.start();
  const bo = await boWithWallet(relay);
  const root = await relay.logOf(bo.account);
  const signer = await independentSigner('sr25519', 'Bo', { wrap: true });
  // The account signed another entry through another relay, which does not have the one that it signed here.
  const elsewhere = await LyingRelay.start();
  await elsewhere.learn(bo.account, await renamed(bo.account, root, signer, 'shown elsewhere'));
  const ada = await toBo(elsewhere, bo.id);
  await lookAt(ada, 'Bo');
  await ada.contact.getByText('shown elsewhere').waitFor();
  await close(ada);
  await bo.identity.getByRole('button', { name: 'Manage Web browser' }).click();
  await bo.identity.getByRole('button', { name: /^Rename/ }).click();
  await bo.identity.getByRole('textbox', { name: 'Name of the device' }).fill('shown here');
  await bo.identity.getByRole('button', { name: 'Save' }).click();
  await bo.identity.getByRole('button', { name: 'Manage shown here' }).waitFor();

  await bo.page.goto(site.page({ relay: elsewhere.url }));
  const settle = bo.identity.getByRole('button', { name: 'Settle it…' });
  await settle.waitFor();
  await bo.identity.getByText('The relay has another list of your devices than this device does.').waitFor();
  await bo.chat.getByText(OWN_LIST, { exact: true }).waitFor();
  expect(await bo.page.getByText(/this person’s devices/).count()).toBe(0);
  await settle.click();
  await bo.identity.getByRole('button', { name: 'This list is right' }).click();
  await settle.waitFor({ state: 'hidden' });
  await bo.chat.getByText(OWN_LIST, { exact: true }).waitFor({ state: 'hidden' });
  await bo.identity.getByText('shown here').waitFor();

  await write(ada, 'hello');
  await arrives(ada, 'hello');
  await lookAt(ada, 'Bo');
  await ada.contact.getByText('shown here').waitFor();
  await ada.contact.getByText('Not verified').waitFor();
});

it('a list of one’s own devices that one did not sign: said as what it is, and it signs nobody out', async () => {
  const relay = await LyingRelay.start();
  const { ada, bo } = await two(relay);
  relay.serveLog(ada.account, await relay.logOf(bo.account), ada.account);
  await ada.page.reload();
  await ada.chat.getByText(OWN_LIST, { exact: true }).waitFor();
  await ada.identity.getByText(OWN_LIST, { exact: true }).waitFor();
  expect(await ada.page.getByText(/this person’s devices/).count()).toBe(0);
  expect(await ada.identity.getByRole('button', { name: /^Manage / }).count()).toBe(1);
  await write(ada, 'hello');
  await arrives(ada, 'hello');

  relay.repent();
  await ada.page.reload();
  await bubble(ada, 'hello').waitFor();
  await ada.identity.getByText('Connected', { exact: true }).waitFor();
  await ada.chat.getByText(OWN_LIST, { exact: true }).waitFor({ state: 'hidden' });
});

it('a false list of one’s own devices when one signs in: nothing is signed, and it says why', async () => {
  const relay = await LyingRelay.start();
  const eve = await arrive(browser, site.page({ relay: relay.url }));
  const pair = await pairOf('Bo');
  const account = Buffer.from(pair.publicKey).toString('hex');
  relay.serveLog(account, await relay.logOf(eve.account));
  const refused = (chat: Visiting['chat']) => chat.getByRole('alert').filter({ hasText: OWN_LIST });
  const bo = await boWithWallet(relay, async ({ chat }) => {
    await refused(chat).waitFor();
    expect(await relay.logOf(account)).toEqual([]);
    relay.repent();
    await chat.getByRole('button', { name: /Connect a wallet/ }).click();
  });
  expect(bo.account).toBe(account);
});

/** What a relay could make up of a list: somebody else's, one with a device of theirs, and one that the account did not sign. */
async function falseLists(
  account: string,
  own: readonly SignedEntry[],
  others: readonly SignedEntry[],
): Promise<readonly (readonly SignedEntry[])[]> {
  const { head } = await verifyLog(hexToBytes(account), own);
  const forger = guestSigner(await guestAccount(new Uint8Array(32).fill(99)));
  const forged = await signedEntry(forger, 1, {
    ...newDevice(2),
    account: hexToBytes(account),
    previous: head,
  });
  return [others, [...own, ...others], [...own, forged], []];
}

/** Another state of a list, which the account signed too: through another relay, perhaps. */
async function renamed(
  account: string,
  log: readonly SignedEntry[],
  signer: AccountSigner,
  name: string,
): Promise<readonly SignedEntry[]> {
  const change = { kind: 'rename', deviceId: 1, name } as const;
  return (await changeLog(await verifyLog(hexToBytes(account), log), signer, change)).entries;
}

/** From the banner that says that sending stopped: reads what the sheet says, and goes on. */
async function goOn({ contact, ...who }: Visiting, stop: ReturnType<Visiting['chat']['locator']>) {
  await stop.getByRole('button', { name: 'Have a look' }).click();
  await contact.getByRole('alert').filter({ hasText: 'Something changed' }).waitFor();
  await contact.getByText('Nothing is sent to Bo until you decide.').waitFor();
  expect(await contact.getByRole('button', { name: 'Compare safety number' }).count()).toBe(0);
  await contact.getByRole('button', { name: 'Go on all the same…' }).click();
  await contact.getByText('If somebody is between you and Bo, they can read what you write.').waitFor();
  await contact.getByRole('button', { name: 'Go on with the new list' }).click();
  await contact.getByText('Not verified').waitFor();
  await close({ contact, ...who });
}

async function close({ chat }: Visiting): Promise<void> {
  await chat.getByRole('button', { name: 'Close' }).last().click();
  await chat.getByRole('dialog').waitFor({ state: 'hidden' });
}

/** The list of Bo's devices, when it has one. */
const oneDevice = ({ contact }: Visiting) => contact.locator('ul.devices:not(:has(> li + li))');

/** Shows somebody the code that a person shows them. */
async function scan(who: Visiting, code: string): Promise<void> {
  const { contact } = who;
  await contact.getByRole('button', { name: 'Compare safety number' }).click();
  await contact.getByRole('button', { name: 'Scan their code' }).click();
  await paste(who, code);
}

async function paste({ contact }: Visiting, code: string): Promise<void> {
  await contact.getByRole('textbox', { name: 'Or paste the text of their code' }).fill(code);
  await contact.locator('coming-scanner').getByRole('button', { name: 'Use this text' }).click();
}
