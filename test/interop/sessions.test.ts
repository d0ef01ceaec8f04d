import { describe, expect, it } from 'vitest';
import {
  MAX_FORWARD_JUMPS,
  MAX_SKIPPED_KEYS,
  MAX_UNACKNOWLEDGED_AGE,
  platformPrimitives,
  PRE_KEY_MESSAGE,
  SIGNAL_MESSAGE,
  type Address,
} from '../../core/ratchet/index.js';
import { LibsignalPeer, OurPeer, type Peer } from './peers.js';

const p = await platformPrimitives();
const HERE: Address = { name: '7cda973f-53d7-4ac4-8a14-1551d7dcf316', deviceId: 1 };
const THERE: Address = { name: '06610dde-f586-426e-a009-fdf27037c133', deviceId: 2 };
const ours = (address = HERE) => OurPeer.make(p, address);
const theirs = (address = THERE) => new LibsignalPeer(address);

/** Both ways round: who starts, and who answers. */
const roles = [
  ['we start', async () => [await ours(), theirs()] as const],
  ['libsignal starts', async () => [theirs(HERE), await ours(THERE)] as const],
] as const;

const said = (plaintext: string) => ({ plaintext });

async function exchange(from: Peer, to: Peer, plaintext: string): Promise<void> {
  expect(await to.receive(from, await from.send(to, plaintext))).toEqual(said(plaintext));
}

async function talking([a, b]: readonly [Peer, Peer]): Promise<void> {
  await a.initiate(b);
  await exchange(a, b, 'hello');
  await exchange(b, a, 'hello yourself');
}

describe.each(roles)('when %s', (_who, make) => {
  it.each([true, false])('both read each other, with a one-time key: %s', async (oneTime) => {
    const [a, b] = await make();
    await a.initiate(b, { oneTime });
    for (let i = 0; i < 3; i++) await exchange(a, b, `introduced ${i}`);
    for (let i = 0; i < 10; i++) {
      await exchange(b, a, `back ${i}`);
      await exchange(a, b, `forth ${i}`);
    }
  });

  it('messages are introduced until the first answer', async () => {
    const [a, b] = await make();
    await a.initiate(b);
    expect((await a.send(b, 'lost')).type).toBe(PRE_KEY_MESSAGE);
    await exchange(a, b, 'first');
    expect((await a.send(b, 'lost too')).type).toBe(PRE_KEY_MESSAGE);
    const answer = await b.send(a, 'answer');
    expect(answer.type).toBe(SIGNAL_MESSAGE);
    expect(await a.receive(b, answer)).toEqual(said('answer'));
    expect((await a.send(b, 'settled')).type).toBe(SIGNAL_MESSAGE);
  });

  it('messages of every length arrive', async () => {
    const [a, b] = await make();
    await talking([a, b]);
    for (const length of [0, 1, 15, 16, 17, 4096, 100_000]) await exchange(a, b, 'x'.repeat(length));
  });

  it('a first message is not accepted at another address', async () => {
    const [a, b] = await make();
    await a.initiate(b);
    const message = await a.send(b, 'for you');
    const address = { ...a.address, deviceId: 9 };
    const elsewhere = a instanceof OurPeer ? await ours(address) : theirs(address);
    expect(await b.receive(elsewhere, message)).toBe('refused');
    expect(await b.receive(a, message)).toEqual(said('for you'));
  });

  it('a message is a duplicate the second time, first messages as well', async () => {
    const [a, b] = await make();
    await a.initiate(b);
    const first = await a.send(b, 'first');
    expect(await b.receive(a, first)).toEqual(said('first'));
    expect(await b.receive(a, first)).toBe('duplicate');
    await exchange(b, a, 'answer');
    const next = await a.send(b, 'next');
    expect(await b.receive(a, next)).toEqual(said('next'));
    expect(await b.receive(a, next)).toBe('duplicate');
    expect(await b.receive(a, first)).toBe('duplicate');
  });

  it('both may start at the same time and end up on one session', async () => {
    const [a, b] = await make();
    await a.initiate(b);
    await b.initiate(a);
    const [toB, toA] = [await a.send(b, 'a'), await b.send(a, 'b')];
    expect(await b.receive(a, toB)).toEqual(said('a'));
    expect(await a.receive(b, toA)).toEqual(said('b'));
    await exchange(a, b, 'a2');
    await exchange(b, a, 'b2');
    for (const [from, to] of [[a, b] as const, [b, a] as const]) {
      const message = await from.send(to, 'settled');
      expect(message.type).toBe(SIGNAL_MESSAGE);
      expect(await to.receive(from, message)).toEqual(said('settled'));
    }
  });

  it('a former session still decrypts, and is then talked on again', async () => {
    const [a, b] = await make();
    await talking([a, b]);
    const late = await b.send(a, 'late');
    await a.initiate(b);
    expect((await a.send(b, 'lost')).type).toBe(PRE_KEY_MESSAGE);
    expect(await a.receive(b, late)).toEqual(said('late'));
    expect((await a.send(b, 'x')).type).toBe(SIGNAL_MESSAGE);
    await exchange(a, b, 'on the former session');
  });

  it('the 40th former session still decrypts, the 41st does not', async () => {
    const [a, b] = await make();
    await talking([a, b]);
    const [early, earlier] = [await a.send(b, 'early'), await a.send(b, 'earlier')];
    for (let i = 0; i < 40; i++) {
      await a.initiate(b);
      await exchange(a, b, `session ${i}`);
    }
    const record = b.state;
    expect(await b.receive(a, earlier)).toEqual(said('earlier'));
    (b as { state: Uint8Array | undefined }).state = record;
    await a.initiate(b);
    await exchange(a, b, 'one more');
    expect(await b.receive(a, early)).toBe('refused');
  });

  it('a device that was set up anew has another identity, and talks on with it', async () => {
    const [a, b] = await make();
    await talking([a, b]);
    const anew = b instanceof OurPeer ? await ours(b.address) : theirs(b.address);
    await anew.initiate(a);
    await exchange(anew, a, 'I am new');
    await exchange(a, anew, 'who are you?');
    await exchange(anew, a, 'the same');
  });

  it('a message of a device that has no session with us any more is refused until it starts anew', async () => {
    const [a, b] = await make();
    await talking([a, b]);
    (b as { state: Uint8Array | undefined }).state = undefined;
    expect(await b.receive(a, await a.send(b, 'lost'))).toBe('refused');
    await b.initiate(a);
    await exchange(b, a, 'sorry');
    await exchange(a, b, 'again');
  });

  it('a session that is never answered can be sent on for 30 days', async () => {
    const [a, b] = await make();
    const now = 1_800_000_000_000;
    const day = 24 * 60 * 60 * 1000;
    await a.initiate(b, { now });
    await a.send(b, 'x', { now: now + MAX_UNACKNOWLEDGED_AGE - day });
    await expect(a.send(b, 'x', { now: now + MAX_UNACKNOWLEDGED_AGE + day })).rejects.toThrow();
  });

  it('24,999 messages may be skipped, but not 25,000', async () => {
    const [a, b] = await make();
    await talking([a, b]);
    await exchange(a, b, 'counter 0');
    for (let i = 1; i < MAX_FORWARD_JUMPS; i++) await a.send(b, '');
    const last = await a.send(b, 'the last that can be read');
    const record = b.state;
    expect(await b.receive(a, last)).toEqual(said('the last that can be read'));
    (b as { state: Uint8Array | undefined }).state = record;
    expect(await b.receive(a, await a.send(b, 'too far'))).toBe('refused');
  });

  it('a message that comes 2,000 late is read, one that comes 2,001 late counts as a duplicate', async () => {
    const [a, b] = await make();
    await talking([a, b]);
    const tooLate = await a.send(b, 'too late');
    const late = await a.send(b, 'late');
    for (let i = 0; i < MAX_SKIPPED_KEYS - 1; i++) await a.send(b, '');
    await exchange(a, b, 'head');
    expect(await b.receive(a, tooLate)).toBe('duplicate');
    expect(await b.receive(a, late)).toEqual(said('late'));
  });

  it('a late message is read after four newer turns, but not after five', async () => {
    const [a, b] = await make();
    await talking([a, b]);
    const [early, earlier] = [await a.send(b, 'early'), await a.send(b, 'earlier')];
    await exchange(a, b, 'this turn');
    for (let turn = 0; turn < 4; turn++) {
      await exchange(b, a, 'turn');
      await exchange(a, b, 'turn');
    }
    expect(await b.receive(a, early)).toEqual(said('early'));
    await exchange(b, a, 'turn');
    await exchange(a, b, 'turn');
    expect(await b.receive(a, earlier)).toBe('refused');
  });
});
