/**
 * A relay that lies about people, and what they see of it: real browsers on the real relay, with a proxy before it that
 * changes its answers.
 */
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { platformPrimitives } from '../../core/ratchet/index.js';
import {
  arrive,
  bubble,
  lookAt,
  openOnly,
  openSite,
  write,
  type Site,
  type Visiting,
} from '../support/kit-site.js';
import { LyingRelay } from '../support/lying-relay.js';
import { launch } from '../support/visitors.js';

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
  return { bo, ada: await toBo(relay, bo.id) };
}

const toBo = (relay: LyingRelay, peer: string) =>
  arrive(browser, site.page({ relay: relay.url, peer, label: 'Bo' }));

/** Waits until a message of somebody stands as not sent, with this reason. */
async function isHeldBack(who: Visiting, text: string, reason: string): Promise<void> {
  const message = bubble(who, text);
  await message.getByText(`Not sent. ${reason}`, { exact: true }).waitFor();
  expect(await message.getByRole('img').getAttribute('aria-label')).toBe('Not sent');
  expect(await message.getByRole('button', { name: 'Try again' }).isEnabled()).toBe(true);
}

async function arrives(from: Visiting, text: string): Promise<void> {
  await bubble(from, text)
    .getByRole('img', { name: /^(Delivered|Read)$/ })
    .waitFor();
}

const again = (who: Visiting, text: string) =>
  bubble(who, text).getByRole('button', { name: 'Try again' }).click();

const ADVICE = 'Compare your Coming IDs another way before you write anything private.';
const NOT_SIGNED = `This person’s keys are not signed properly. ${ADVICE}`;
const FALSE_LIST = `The list of this person’s devices does not check. ${ADVICE}`;
const CHANGED = `The list of this person’s devices changed in a way it should not. ${ADVICE}`;

/** From now on every key that is handed out is the relay's own. */
async function swapKeys(relay: LyingRelay): Promise<void> {
  const p = await platformPrimitives();
  const identity = await p.generateKeyPair();
  const own = async ({ publicKey }: { publicKey: Uint8Array }, id: number) => ({
    id,
    publicKey,
    signature: await p.sign(identity.privateKey, publicKey),
  });
  const signedPreKey = await own(await p.generateKeyPair(), 7);
  const kyberPreKey = await own(await p.generateKemKeyPair(), 8);
  relay.answer = (truth, request) =>
    request.claimKeys
      ? ({
          ...truth,
          keys: {
            bundles: truth.keys!.bundles!.map((one) => ({ ...one, signedPreKey, kyberPreKey })),
          },
        } as never)
      : truth;
}

it('swapped keys at first contact: the message stays, says why, and arrives once the relay is honest', async () => {
  const relay = await LyingRelay.start();
  const { ada, bo } = await two(relay);
  await swapKeys(relay);
  await write(ada, 'a secret');
  await isHeldBack(ada, 'a secret', NOT_SIGNED);
  await again(ada, 'a secret');
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
