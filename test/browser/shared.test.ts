import { afterEach, describe, expect, it } from 'vitest';
import type { ComingClient } from '../../core/client.js';
import { guestAccount, guestSigner } from '../../core/identity/index.js';
import { createSharedClient } from '../../core/shared/index.js';
import { createLoopback, type LoopbackRelay } from '../../core/transport/index.js';
import { refusal } from '../support/codes.js';
import { newProfile } from '../support/indexed-databases.js';
import { guest, hasTexts } from '../support/people.js';
import { TappedRelay } from '../support/tapped-relay.js';
import { waitFor } from '../support/wait.js';

const relay = createLoopback();
const clients: ComingClient[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

function open(profile: string, at: LoopbackRelay = relay): ComingClient {
  const client = createSharedClient({ relay: at, profile });
  clients.push(client);
  return client;
}

const became = (client: ComingClient, wanted: string) =>
  waitFor(client.status, ({ phase }) => phase === wanted);
const plays = (client: ComingClient, wanted: string) =>
  waitFor(client.status, ({ role, phase }) => role === wanted && phase !== 'starting');

describe('several clients of one profile', () => {
  it('are one: what one does, the others show, whoever owns it', async () => {
    const profile = newProfile();
    const first = open(profile);
    await plays(first, 'owner');
    const [second, third] = [open(profile), open(profile)];
    await Promise.all([plays(second, 'view'), plays(third, 'view')]);
    const me = await second.becomeGuest();
    for (const client of [first, second, third]) {
      expect((await became(client, 'ready')).me).toEqual(me);
    }
    const ben = await guest({ relay });
    const here = await third.openConversation(ben.me.comingId);
    const there = await first.openConversation(ben.me.comingId);
    await here.send('from the third');
    await there.send('from the first');
    await waitFor(here.snapshot, hasTexts('from the third', 'from the first'));
    await waitFor(
      (await ben.client.openConversation(me.comingId)).snapshot,
      ({ messages }) => messages.length === 2,
    );
    await ben.client.close();
  });

  it('go on when the owner closes: what was open stays open, and what was shown is shown', async () => {
    const profile = newProfile();
    const first = open(profile);
    const me = await first.becomeGuest();
    const ben = await guest({ relay });
    const second = open(profile);
    await became(second, 'ready');
    const talk = await second.openConversation(ben.me.comingId);
    await talk.send('before');
    const seen: string[] = [];
    second.status.subscribe(({ phase }) => seen.push(phase));
    const sending = first.close().then(() => talk.send('after'));
    const during = talk.send('meanwhile');
    await Promise.all([sending, during]);
    await plays(second, 'owner');
    await waitFor(talk.snapshot, hasTexts('before', 'meanwhile', 'after'));
    expect(new Set(seen)).toEqual(new Set(['ready']));
    expect(second.status.value.me).toEqual(me);
    const theirs = await ben.client.openConversation(me.comingId);
    await waitFor(theirs.snapshot, hasTexts('before', 'meanwhile', 'after'));
    await ben.client.close();
  });

  it('show no fewer messages after it than before', async () => {
    const profile = newProfile();
    const first = open(profile);
    await first.becomeGuest();
    const ben = await guest({ relay });
    const second = open(profile);
    await became(second, 'ready');
    const talk = await second.openConversation(ben.me.comingId);
    for (let n = 0; n < 70; n += 1) await talk.send(`${n}`);
    const third = open(profile);
    await became(third, 'ready');
    const later = await third.openConversation(ben.me.comingId);
    expect(later.snapshot.value.messages).toHaveLength(60);
    await later.loadEarlier();
    expect(later.snapshot.value.messages).toHaveLength(70);
    const lengths: number[] = [];
    later.snapshot.subscribe(({ messages }) => lengths.push(messages.length));
    await first.close();
    await second.close();
    await plays(third, 'owner');
    await later.send('last');
    expect(Math.min(...lengths)).toBe(70);
    expect(later.snapshot.value.messages).toHaveLength(71);
    await ben.client.close();
  });

  it('follow the one that is given the profile when it is taken away', async () => {
    const profile = newProfile();
    const first = open(profile);
    const me = await first.becomeGuest();
    const second = open(profile);
    await became(second, 'ready');
    // What the browser does for a tab that finds its owner frozen.
    let release = (): void => undefined;
    await new Promise<void>((held) => {
      void navigator.locks.request(`coming:${profile}`, { steal: true }, () => {
        held();
        return new Promise<void>((resolve) => (release = resolve));
      });
    });
    release();
    await Promise.race([plays(second, 'owner'), plays(first, 'owner')]);
    await Promise.all([became(first, 'ready'), became(second, 'ready')]);
    expect([first, second].map(({ status }) => status.value.me)).toEqual([me, me]);
    expect([first, second].map(({ status }) => status.value.role).sort()).toEqual(['owner', 'view']);
  });

  describe('when the owner goes before it has answered', () => {
    /** Ada's owner and a view, with a relay that gives out no list of devices until it is let. */
    async function waiting() {
      const tapped = new TappedRelay();
      let readings = 0;
      let goOn = (): void => undefined;
      const isLet = new Promise<void>((resolve) => (goOn = resolve));
      tapped.logOfAccount = async (_, truth) => {
        readings += 1;
        await isLet;
        return truth;
      };
      const profile = newProfile();
      const first = open(profile, tapped);
      await became(first, 'signed-out');
      const second = open(profile, tapped);
      await plays(second, 'view');
      const isRead = (times: number) => expect.poll(() => readings).toBe(times);
      return { first, second, isRead, goOn, readings: () => readings };
    }
    const secret = { kind: 'words', words: `${'abandon '.repeat(11)}about` } as const;

    it('what cannot be repeated fails with a code, and nobody does it by themselves', async () => {
      const { first, second, isRead, goOn, readings } = await waiting();
      const joining = refusal(() => second.becomeGuest({ secret }));
      await isRead(1);
      await first.close();
      expect(await joining).toBe('owner-gone');
      await plays(second, 'owner');
      goOn();
      expect(second.status.value.phase).toBe('signed-out');
      expect(readings()).toBe(1);
      // It was not done, as the status says; so it can be done.
      expect((await second.becomeGuest({ secret })).kind).toBe('guest');
    });

    it('a wallet that was asked is not asked again by itself', async () => {
      const { first, second, goOn } = await waiting();
      goOn();
      const wallet = guestSigner(await guestAccount(new Uint8Array(32).fill(7)));
      let asked = 0;
      let answer = (): void => undefined;
      const answered = new Promise<void>((resolve) => (answer = resolve));
      const signText = async (text: string) => {
        asked += 1;
        await answered;
        return wallet.signText(text);
      };
      const joining = refusal(() => second.useWallet({ ...wallet, signText }, { access: 'full' }));
      await expect.poll(() => asked).toBe(1);
      await first.close();
      expect(await joining).toBe('owner-gone');
      await plays(second, 'owner');
      answer();
      await became(second, 'signed-out');
      expect(asked).toBe(1);
      const me = await second.useWallet({ ...wallet, signText }, { access: 'full' });
      expect([me.comingId, asked]).toEqual([wallet.address, 2]);
    });
  });

  it('leave nothing behind: locks are free when all are closed', async () => {
    const profile = newProfile();
    const all = [open(profile), open(profile), open(profile)];
    await Promise.all(all.map((client) => became(client, 'signed-out')));
    await Promise.all(all.map((client) => client.close()));
    await navigator.locks.request(`coming:${profile}`, () => undefined);
    const held = async () => {
      const { held, pending } = await navigator.locks.query();
      return [...held!, ...pending!].filter(({ name }) => name!.startsWith(`coming:${profile}`));
    };
    await expect.poll(held).toEqual([]);
  });
});
