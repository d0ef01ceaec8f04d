import { cbc } from '@noble/ciphers/aes.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { deriveMessageKeys, messageSeed, nextChainKey } from '../../../core/ratchet/derivations.js';
import { ratchetDecrypt, ratchetEncrypt } from '../../../core/ratchet/double-ratchet.js';
import {
  MAX_FORWARD_JUMPS,
  MAX_RECEIVING_CHAINS,
  MAX_SKIPPED_KEYS,
  platformPrimitives,
} from '../../../core/ratchet/index.js';
import { readRecord, writeRecord, type ReceivingChain, type Session } from '../../../core/ratchet/record.js';
import { takeSendKey } from '../../../core/ratchet/spqr/key-chain.js';
import { spqrSend } from '../../../core/ratchet/spqr/spqr.js';
import {
  parseSignalMessage,
  writeSignalMessage,
  type SignalMessageFields,
} from '../../../core/ratchet/wire.js';
import { talkingPair, text, utf8, type Device } from './device.js';

const p = await platformPrimitives();

/** Both ends of a session; the sender's chain is new to the receiver. */
let sender: Session;
let receiver: Session;

beforeAll(async () => {
  const [alice, bob] = await talkingPair(p);
  const session = ({ record }: Device) => readRecord(record).current!;
  sender = session(alice);
  receiver = session(bob);
});

/** Sends one message and returns its parsed form. */
function send(from: Session, plaintext = 'text') {
  const { session, bytes } = ratchetEncrypt(p, from, utf8(plaintext), undefined);
  return { session, bytes, message: parseSignalMessage(bytes) };
}

const receive = (to: Session, bytes: Uint8Array) =>
  ratchetDecrypt(p, to, parseSignalMessage(bytes), undefined);

/** The session after sending so many messages, without the work of encrypting them. */
function skip(session: Session, count: number): Session {
  let { chainKey } = session.sending;
  let { chain } = session.pqRatchet;
  for (let i = 0; i < count; i++) {
    chainKey = nextChainKey(chainKey);
    ({ chain } = takeSendKey(chain, session.pqRatchet.machine.epoch - 1));
  }
  return {
    ...session,
    sending: { ...session.sending, chainKey, index: session.sending.index + count },
    pqRatchet: { ...session.pqRatchet, chain },
  };
}

/** The counters of the messages that a chain can still decrypt. */
function skippedIn({ skipped }: ReceivingChain): number[] {
  const view = new DataView(skipped.buffer, skipped.byteOffset);
  return Array.from({ length: skipped.length / 36 }, (_, i) => view.getUint32(36 * i));
}

/** The next message of a session with some of its fields replaced, under a good MAC; without the ratchet's key if need be. */
function forge(from: Session, change: Partial<SignalMessageFields>, isKeyless = false): Uint8Array {
  const { ratchetKey, chainKey, index } = from.sending;
  const pq = spqrSend(from.pqRatchet, p.randomBytes);
  const { cipherKey, macKey, iv } = deriveMessageKeys(messageSeed(chainKey), isKeyless ? undefined : pq.key);
  const fields = {
    ratchetKey: ratchetKey.publicKey,
    counter: index,
    previousCounter: 0,
    ciphertext: cbc(cipherKey, iv).encrypt(utf8('text')),
    pqRatchet: pq.message,
    addresses: undefined,
  };
  return writeSignalMessage({ ...fields, ...change }, macKey, {
    sender: from.localIdentity,
    receiver: from.remoteIdentity,
  });
}

describe('the Double Ratchet', () => {
  it('decrypts plaintexts of any length', async () => {
    for (const plaintext of ['', 'x', 'y'.repeat(15), 'z'.repeat(16), 'long '.repeat(10_000)]) {
      const received = await receive(receiver, send(sender, plaintext).bytes);
      expect(text(received.plaintext)).toBe(plaintext);
    }
  });

  it('encrypts every message under another key', () => {
    const first = send(sender);
    const second = send(first.session);
    expect(second.message.ciphertext).not.toEqual(first.message.ciphertext);
    expect([first.message.counter, second.message.counter]).toEqual([0, 1]);
  });

  it('turns to a new ratchet key with every new one of the other side, and only then', async () => {
    const first = send(sender);
    const second = send(first.session);
    const turned = (await receive(receiver, first.bytes)).session;
    const same = (await receive(turned, second.bytes)).session;
    expect(turned.sending.ratchetKey.publicKey).not.toEqual(receiver.sending.ratchetKey.publicKey);
    expect(same.sending).toEqual(turned.sending);
    expect(same.rootKey).toEqual(turned.rootKey);
  });

  it.each([
    [0, 0],
    [1, 0],
    [3, 2],
  ])('after sending %i messages on a chain says %i in those of the next', async (sent, said) => {
    const { session } = await receive(skip(receiver, sent - receiver.sending.index), send(sender).bytes);
    expect(session.previousCounter).toBe(said);
    expect(session.sending.index).toBe(0);
  });

  it('takes any message of the other side as its answer to the introduction', async () => {
    const pending = {
      oneTimePreKeyId: undefined,
      signedPreKeyId: 1,
      kyberPreKeyId: 1,
      kyberCiphertext: new Uint8Array(1569),
      createdAt: 0,
    };
    const first = send(sender);
    const onNewChain = (await receive({ ...receiver, pending }, first.bytes)).session;
    expect(onNewChain.pending).toBeUndefined();
    const onKnownChain = await receive({ ...onNewChain, pending }, send(first.session).bytes);
    expect(onKnownChain.session.pending).toBeUndefined();
  });

  it('says duplicate before it looks at the MAC', async () => {
    const { bytes } = send(sender);
    const { session } = await receive(receiver, bytes);
    for (const again of [bytes, bytes.with(-1, bytes.at(-1)! ^ 1)]) {
      await expect(receive(session, again)).rejects.toMatchObject({ code: 'duplicate-message' });
    }
  });

  it('decrypts a skipped message once', async () => {
    const late = send(sender);
    const { session } = await receive(receiver, send(late.session).bytes);
    const after = await receive(session, late.bytes);
    expect(text(after.plaintext)).toBe('text');
    await expect(receive(after.session, late.bytes)).rejects.toMatchObject({ code: 'duplicate-message' });
  });

  it('refuses a ratchet key of low order', async () => {
    const ratchetKey = concatBytes(Uint8Array.of(5), new Uint8Array(32));
    await expect(receive(receiver, forge(sender, { ratchetKey }))).rejects.toMatchObject({
      code: 'invalid-key',
    });
  });

  it.each([
    ['padding', () => ({ ciphertext: new Uint8Array(32) })],
    ['length', () => ({ ciphertext: new Uint8Array(31) })],
    ['empty ciphertext', () => ({ ciphertext: new Uint8Array() })],
    ['addresses', () => ({ addresses: new Uint8Array(36) })],
    ['empty addresses', () => ({ addresses: new Uint8Array() })],
  ])('refuses bad %s under a good MAC', async (_name, change) => {
    const bytes = forge(sender, change());
    await expect(receive(receiver, bytes)).rejects.toMatchObject({ code: 'decryption-failed' });
    await expect(
      ratchetDecrypt(p, receiver, parseSignalMessage(bytes), new Uint8Array(35)),
    ).rejects.toMatchObject({ code: 'decryption-failed' });
  });

  it('leaves the session as it was when a message fails, on a known and on a new chain', async () => {
    const known = (await receive(receiver, send(sender).bytes)).session;
    const later = skip(sender, 50);
    for (const session of [receiver, known]) {
      const before = writeRecord({ current: session, archived: [] });
      const { bytes } = send(later);
      const flipped = bytes.with(-9, bytes.at(-9)! ^ 1);
      await expect(receive(session, flipped)).rejects.toMatchObject({ code: 'decryption-failed' });
      expect(writeRecord({ current: session, archived: [] })).toEqual(before);
      expect(text((await receive(session, bytes)).plaintext)).toBe('text');
      expect(writeRecord({ current: session, archived: [] })).toEqual(before);
    }
  });
});

describe('the limits of the Double Ratchet', () => {
  it('let exactly 24,999 messages be skipped, on a new chain', async () => {
    // The post-quantum ratchet counts the message itself as well.
    const far = skip(sender, MAX_FORWARD_JUMPS - 1);
    const { session } = await receive(receiver, send(far).bytes);
    expect(session.receiving.at(-1)!.index).toBe(25_000);
    await expect(receive(receiver, send(skip(far, 1)).bytes)).rejects.toMatchObject({
      code: 'too-far-ahead',
    });
  });

  it('let exactly 24,999 messages be skipped, on a known chain', async () => {
    const first = send(sender);
    const { session } = await receive(receiver, first.bytes);
    const far = skip(first.session, MAX_FORWARD_JUMPS - 1);
    expect(text((await receive(session, send(far).bytes)).plaintext)).toBe('text');
    await expect(receive(session, send(skip(far, 1)).bytes)).rejects.toMatchObject({ code: 'too-far-ahead' });
  });

  it('refuse a counter at the end of 32 bits at once', async () => {
    const bytes = forge(sender, { counter: 0xffffffff });
    await expect(receive(receiver, bytes)).rejects.toMatchObject({ code: 'too-far-ahead' });
  });

  it('keep the keys of the 2,000 messages before the newest', async () => {
    const head = 10_000;
    const { session } = await receive(receiver, send(skip(sender, head)).bytes);
    const skipped = skippedIn(session.receiving.at(-1)!);
    expect(skipped).toHaveLength(MAX_SKIPPED_KEYS);
    expect([skipped[0], skipped.at(-1)]).toEqual([head - 1, head - 2000]);
    const { plaintext } = await receive(session, send(skip(sender, head - 2000)).bytes);
    expect(text(plaintext)).toBe('text');
    await expect(receive(session, send(skip(sender, head - 2001)).bytes)).rejects.toMatchObject({
      code: 'duplicate-message',
    });
  });

  it('drop the oldest keys first when more are skipped in steps', async () => {
    let { session } = await receive(receiver, send(skip(sender, 1500)).bytes);
    ({ session } = await receive(session, send(skip(sender, 2400)).bytes));
    const skipped = skippedIn(session.receiving.at(-1)!);
    expect(skipped).toHaveLength(MAX_SKIPPED_KEYS);
    expect(skipped[0]).toBe(2399);
    expect(skipped).not.toContain(1500);
    // 899 keys of the second gap and the newest 1,101 of the first
    expect(skipped.at(-1)).toBe(1500 - 1101);
  });

  it('remember five ratchet keys of the other side', async () => {
    const late = send(sender);
    const second = send(late.session);
    let a = second.session;
    let b = (await receive(receiver, second.bytes)).session;
    const turn = async () => {
      const toA = send(b);
      a = (await receive(a, toA.bytes)).session;
      const toB = send(a);
      a = toB.session;
      b = (await receive(toA.session, toB.bytes)).session;
    };
    for (let newer = 1; newer < MAX_RECEIVING_CHAINS; newer++) await turn();
    expect(b.receiving).toHaveLength(MAX_RECEIVING_CHAINS);
    expect(text((await receive(b, late.bytes)).plaintext)).toBe('text');
    await turn();
    expect(b.receiving).toHaveLength(MAX_RECEIVING_CHAINS);
    await expect(receive(b, late.bytes)).rejects.toMatchObject({ code: 'decryption-failed' });
  });
});

describe('the place of the post-quantum ratchet', () => {
  it('is the salt of the message keys; without a key there is none', () => {
    const seed = new Uint8Array(32).fill(1);
    const okm = (salt: Uint8Array) => hkdf(sha256, seed, salt, utf8('WhisperMessageKeys'), 80);
    const joined = (key?: Uint8Array) => {
      const { cipherKey, macKey, iv } = deriveMessageKeys(seed, key);
      return concatBytes(cipherKey, macKey, iv);
    };
    expect(joined()).toEqual(okm(new Uint8Array(32)));
    expect(joined(new Uint8Array(32).fill(2))).toEqual(okm(new Uint8Array(32).fill(2)));
  });

  it('is taken in every message', () => {
    const first = send(sender);
    const second = send(first.session);
    const fields = [first, second].map(({ message }) => message.pqRatchet!);
    expect(fields.map(([version, epoch]) => [version, epoch])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(fields[1]![2]).toBe(fields[0]![2]! + 1);
  });

  it.each([
    ['no key yet', [1, 1, 0, 0]],
    ['no key yet, with a chunk', [1, 1, 0, 1, 0, ...new Uint8Array(32)]],
    ['what a later version says', [2, 1, 2, 3]],
  ])('may hold %s in a received message', async (_name, bytes) => {
    const message = forge(sender, { pqRatchet: Uint8Array.from(bytes) }, true);
    expect(text((await receive(receiver, message)).plaintext)).toBe('text');
  });

  it.each([
    ['nothing', undefined, 'malformed-message'],
    ['version 0', [0, 1, 0, 0], 'malformed-message'],
    ['half a message', [1, 1], 'malformed-message'],
    ['an epoch to come', [1, 2, 1, 0], 'decryption-failed'],
    ['a place far ahead', [1, 1, 0xff, 0xff, 3, 0], 'too-far-ahead'],
    ['a place in the past', [1, 1, 1, 0], 'decryption-failed'],
    ['no key in a later epoch', [1, 2, 0, 0], 'decryption-failed'],
  ])('may not hold %s', async (_name, bytes, code) => {
    const message = forge(sender, { pqRatchet: bytes && Uint8Array.from(bytes) });
    await expect(receive(receiver, message)).rejects.toMatchObject({ code });
  });

  it('takes in no chunk of a message that is not authentic', async () => {
    const { bytes } = send(sender);
    const changed = bytes.with(-1, bytes.at(-1)! ^ 1);
    const before = writeRecord({ current: receiver, archived: [] });
    await expect(receive(receiver, changed)).rejects.toMatchObject({ code: 'decryption-failed' });
    expect(writeRecord({ current: receiver, archived: [] })).toEqual(before);
  });
});
