import { describe, expect, it } from 'vitest';
import { platformPrimitives, type CiphertextMessage } from '../../core/ratchet/index.js';
import { parsePreKeySignalMessage, writePreKeySignalMessage } from '../../core/ratchet/wire.js';
import { importRecord } from '../vectors/records.js';
import { LibsignalPeer, twinOf, type OurPeer, type Outcome, type Peer } from './peers.js';
import { randomNumbers } from './random.js';

const p = await platformPrimitives();
const LONG = Number(process.env['COMING_SEEDS'] ?? 1);
const HERE = { name: '7cda973f-53d7-4ac4-8a14-1551d7dcf316', deviceId: 1 };
const THERE = { name: '06610dde-f586-426e-a009-fdf27037c133', deviceId: 2 };

type Random = () => number;
type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

const place = (length: number, random: Random) => Math.floor(random() * length);
const flip: Mutation = (bytes, random) => {
  const at = place(bytes.length, random);
  return bytes.with(at, bytes[at]! ^ (1 << place(8, random)));
};
const overwrite: Mutation = (bytes, random) => bytes.with(place(bytes.length, random), place(256, random));
const cut: Mutation = (bytes, random) => bytes.subarray(0, place(bytes.length, random));
const extend: Mutation = (bytes, random) => Uint8Array.of(...bytes, ...new Uint8Array(1 + place(9, random)));
const drop: Mutation = (bytes, random) => {
  const [from, count] = [place(bytes.length, random), 1 + place(4, random)];
  return Uint8Array.of(...bytes.subarray(0, from), ...bytes.subarray(from + count));
};
const repeat: Mutation = (bytes, random) => {
  const [from, count] = [place(bytes.length, random), 1 + place(40, random)];
  const end = Math.min(bytes.length, from + count);
  return Uint8Array.of(...bytes.subarray(0, end), ...bytes.subarray(from));
};
/** Where tags and lengths are, most of it. */
const head: Mutation = (bytes, random) => bytes.with(place(80, random), place(256, random));
const MUTATIONS = [flip, flip, flip, overwrite, cut, extend, drop, repeat, head];

const kind = (outcome: Outcome) => (typeof outcome === 'string' ? outcome : `accepted: ${outcome.plaintext}`);

/** What both make of a message at a receiver in the same state, which is the same again afterwards. */
async function compare(receiver: LibsignalPeer, twin: OurPeer, from: Peer, message: CiphertextMessage) {
  const [before, twinBefore] = [receiver.state, twin.state];
  const theirs = kind(await receiver.receive(from, message));
  const ours = kind(await twin.receive(from, message));
  receiver.state = before;
  twin.state = twinBefore;
  return { theirs, ours };
}

describe('a message that was changed on the way', () => {
  it.each([
    ['the first of all', 0],
    ['one of the first', 1],
    ['in the middle of a conversation', 15],
    ['late in a conversation', 100],
  ])('%s is accepted, a duplicate or refused with us as with libsignal', async (_name, turns) => {
    const random = randomNumbers(turns);
    const [sender, receiver] = [new LibsignalPeer(HERE), new LibsignalPeer(THERE)];
    await sender.initiate(receiver);
    const sent: CiphertextMessage[] = [];
    const say = async (plaintext: string) => {
      sent.push(await sender.send(receiver, plaintext));
      return receiver.receive(sender, sent.at(-1)!);
    };
    if (turns > 0) await say('first');
    for (let turn = 1; turn < turns; turn++) {
      await sender.receive(receiver, await receiver.send(sender, 'back'));
      await say('forth');
    }
    sent.splice(0, sent.length - 2); // duplicates of what is long gone are not interesting
    for (let i = 0; i < 3; i++) sent.push(await sender.send(receiver, `pending ${i}`));
    const twin = twinOf(p, receiver);
    if (receiver.state) twin.state = importRecord(receiver.state);

    for (const message of sent) {
      const { theirs, ours } = await compare(receiver, twin, sender, message);
      expect(ours).toBe(theirs);
    }
    for (let i = 0; i < 1000 * LONG; i++) {
      const original = sent[place(sent.length, random)]!;
      const mutate = MUTATIONS[place(MUTATIONS.length, random)]!;
      const message = { ...original, bytes: mutate(original.bytes, random) };
      const { theirs, ours } = await compare(receiver, twin, sender, message);
      expect([Buffer.from(message.bytes).toString('hex'), ours]).toEqual([
        Buffer.from(message.bytes).toString('hex'),
        theirs,
      ]);
    }
  });

  it('is treated alike when only what stands around it was changed', async () => {
    const [sender, receiver] = [new LibsignalPeer(HERE), new LibsignalPeer(THERE)];
    await sender.initiate(receiver);
    const first = await sender.send(receiver, 'first');
    const second = await sender.send(receiver, 'second');
    const other = new LibsignalPeer(HERE);
    await other.initiate(receiver);
    const foreign = parsePreKeySignalMessage((await other.send(receiver, 'foreign')).bytes);
    const fields = parsePreKeySignalMessage(second.bytes);
    const changes = [
      {},
      { registrationId: 1 },
      { oneTimePreKeyId: undefined },
      { oneTimePreKeyId: foreign.oneTimePreKeyId },
      { signedPreKeyId: foreign.signedPreKeyId },
      { kyberPreKeyId: foreign.kyberPreKeyId },
      { kyberPreKeyId: 0xffffffff },
      { kyberCiphertext: foreign.kyberCiphertext },
      { kyberCiphertext: fields.kyberCiphertext.with(0, 9) },
      { kyberCiphertext: new Uint8Array(3) },
      { identityKey: foreign.identityKey },
      { baseKey: foreign.baseKey },
      { message: foreign.message },
      { baseKey: fields.baseKey.with(32, fields.baseKey[32]! | 0x80) },
      { baseKey: new Uint8Array(33).fill(5, 0, 1) },
    ];
    const twin = twinOf(p, receiver);
    for (const isKnown of [false, true]) {
      if (isKnown) {
        await receiver.receive(sender, first);
        twin.state = importRecord(receiver.state!);
      }
      for (const change of changes) {
        const bytes = writePreKeySignalMessage({ ...fields, ...change });
        const { theirs, ours } = await compare(receiver, twin, sender, { ...second, bytes });
        expect([isKnown, change, ours]).toEqual([isKnown, change, theirs]);
      }
    }
  });
});
