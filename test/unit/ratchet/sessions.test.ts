import { ed25519, ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  decryptMessage,
  decryptPreKeyMessage,
  hasOpenSession,
  initiateSession,
  MAX_ARCHIVED_SESSIONS,
  MAX_UNACKNOWLEDGED_AGE,
  platformPrimitives,
  PRE_KEY_MESSAGE,
  readPreKeyMessage,
  remoteIdentityOf,
  SIGNAL_MESSAGE,
  type CiphertextMessage,
} from '../../../core/ratchet/index.js';
import { codeOf } from '../../../core/errors.js';
import { edwardsY } from '../../../core/ratchet/edwards.js';
import { readRecord } from '../../../core/ratchet/record.js';
import {
  parsePreKeySignalMessage,
  parseSignalMessage,
  writePreKeySignalMessage,
} from '../../../core/ratchet/wire.js';
import { session as stored } from '../../../proto/gen/session.js';
import { Device, NOW, strangers, talkingPair, utf8 } from './device.js';

const p = await platformPrimitives();
const code = (name: string) => expect.objectContaining({ name: 'ComingError', code: name }) as unknown;
const archivedOf = ({ record }: Device) => readRecord(record).archived.length;

/** A PreKeySignalMessage with some of its fields replaced; nothing in it is under a MAC of its own. */
function changed({ type, bytes }: CiphertextMessage, change: object): CiphertextMessage {
  return { type, bytes: writePreKeySignalMessage({ ...parsePreKeySignalMessage(bytes), ...change }) };
}

/** The same key plus a point of small order: the key agreements come out the same. */
function outsideSubgroup(publicKey: Uint8Array): Uint8Array {
  const { Point, utils } = ed25519;
  const point = Point.fromBytes(edwardsY(publicKey.subarray(1))!);
  const small = Point.fromHex(ED25519_TORSION_SUBGROUP[1]!);
  return Uint8Array.of(5, ...utils.toMontgomery(point.add(small).toBytes()));
}

describe('starting a session', () => {
  it.each([true, false])('works from a bundle, with a one-time key: %s', async (oneTime) => {
    const [alice, bob] = await strangers(p);
    await alice.initiate(bob, { oneTime });
    expect(await bob.receive(alice, await alice.send(bob, 'hi'))).toBe('hi');
    expect(await alice.receive(bob, await bob.send(alice, 'ho'))).toBe('ho');
    expect(remoteIdentityOf(alice.record)).toEqual(bob.local.keyPair.publicKey);
    expect(remoteIdentityOf(bob.record)).toEqual(alice.local.keyPair.publicKey);
  });

  it('refuses a bundle with a wrong signature, key or device and changes nothing', async () => {
    const [alice, bob] = await strangers(p);
    const bundle = await bob.bundle();
    const { signedPreKey, kyberPreKey } = bundle;
    const otherKem = await p.generateKemKeyPair();
    const cases = [
      ['invalid-signature', { signedPreKey: { ...signedPreKey, signature: kyberPreKey.signature } }],
      ['invalid-signature', { kyberPreKey: { ...kyberPreKey, publicKey: otherKem.publicKey } }],
      ['invalid-signature', { identityKey: alice.local.keyPair.publicKey }],
      ['invalid-key', { identityKey: new Uint8Array(33) }],
      ['invalid-key', { oneTimePreKey: { id: 1, publicKey: new Uint8Array(33) } }],
      [
        'invalid-key',
        { oneTimePreKey: { id: 1, publicKey: concatBytes(Uint8Array.of(5), new Uint8Array(32)) } },
      ],
      ['identity-mismatch', { deviceId: 9 }],
    ] as const;
    for (const [expected, change] of cases) {
      await expect(
        initiateSession(p, undefined, alice.local, bob.address, { ...bundle, ...change }, NOW),
      ).rejects.toEqual(code(expected));
    }
  });

  it('refuses keys that are signed but not of their type', async () => {
    const [alice, bob] = await strangers(p);
    const bundle = await bob.bundle();
    const sign = async (publicKey: Uint8Array) => ({
      id: 1,
      publicKey,
      signature: await p.sign(bob.local.keyPair.privateKey, publicKey),
    });
    const mlKem = bundle.kyberPreKey.publicKey.with(0, 0x0a);
    for (const change of [
      { kyberPreKey: await sign(mlKem) },
      { signedPreKey: await sign(new Uint8Array(5)) },
    ]) {
      await expect(
        initiateSession(p, undefined, alice.local, bob.address, { ...bundle, ...change }, NOW),
      ).rejects.toEqual(code('invalid-key'));
    }
  });

  it('repeats the introduction in every message until the first answer', async () => {
    const [alice, bob] = await strangers(p);
    await alice.initiate(bob);
    const first = await alice.send(bob, '1');
    const second = await alice.send(bob, '2');
    expect([first.type, second.type]).toEqual([PRE_KEY_MESSAGE, PRE_KEY_MESSAGE]);
    expect(readPreKeyMessage(second.bytes)).toEqual(readPreKeyMessage(first.bytes));
    expect(await bob.receive(alice, second)).toBe('2');
    expect(await bob.receive(alice, first)).toBe('1');
    const answer = await bob.send(alice, 'answer');
    expect(answer.type).toBe(SIGNAL_MESSAGE);
    await alice.receive(bob, answer);
    expect((await alice.send(bob, '3')).type).toBe(SIGNAL_MESSAGE);
  });

  it('archives the former session, which still decrypts and then becomes current again', async () => {
    const [alice, bob] = await talkingPair(p);
    const late = await bob.send(alice, 'late');
    await alice.initiate(bob);
    expect(archivedOf(alice)).toBe(1);
    expect((await alice.send(bob, 'new')).type).toBe(PRE_KEY_MESSAGE);
    expect(await alice.receive(bob, late)).toBe('late');
    expect(archivedOf(alice)).toBe(1);
    const next = await alice.send(bob, 'on the old one');
    expect(next.type).toBe(SIGNAL_MESSAGE);
    expect(await bob.receive(alice, next)).toBe('on the old one');
  });

  it('keeps 40 archived sessions, newest first', async () => {
    const [alice, bob] = await talkingPair(p);
    const early = [await bob.send(alice, 'first')];
    const bundle = await bob.bundle();
    const again = async () => {
      alice.record = await initiateSession(p, alice.record, alice.local, bob.address, bundle, NOW);
    };
    for (let i = 0; i < MAX_ARCHIVED_SESSIONS; i++) await again();
    expect(archivedOf(alice)).toBe(MAX_ARCHIVED_SESSIONS);
    const full = alice.record;
    expect(await alice.receive(bob, early[0]!)).toBe('first');
    alice.record = full;
    await again();
    expect(archivedOf(alice)).toBe(MAX_ARCHIVED_SESSIONS);
    await expect(alice.receive(bob, early[0]!)).rejects.toEqual(code('decryption-failed'));
  });
});

describe('sending', () => {
  it('needs a session', async () => {
    const [alice, bob] = await strangers(p);
    await expect(alice.send(bob, 'x')).rejects.toEqual(code('no-session'));
    expect(hasOpenSession(undefined, NOW)).toBe(false);
    expect(remoteIdentityOf(undefined)).toBeUndefined();
  });

  it('stops when a session was not answered for 30 days', async () => {
    const [alice, bob] = await strangers(p);
    await alice.initiate(bob);
    const last = NOW + MAX_UNACKNOWLEDGED_AGE;
    expect(hasOpenSession(alice.record, last)).toBe(true);
    expect(hasOpenSession(alice.record, last + 1)).toBe(false);
    const before = alice.record;
    await expect(alice.send(bob, 'x', last + 1)).rejects.toEqual(code('session-expired'));
    expect(alice.record).toBe(before);
    await bob.receive(alice, await alice.send(bob, 'x', last));
    await alice.receive(bob, await bob.send(alice, 'y'));
    expect(hasOpenSession(alice.record, last + 1)).toBe(true);
  });
});

describe('a PreKeySignalMessage', () => {
  let alice: Device;
  let bob: Device;
  let message: CiphertextMessage;

  beforeAll(async () => {
    [alice, bob] = await strangers(p);
    await alice.initiate(bob);
    message = await alice.send(bob, 'hi');
  });

  const decrypt = ({ bytes }: CiphertextMessage, record?: Uint8Array, keys = bob.keysFor(message.bytes)) =>
    decryptPreKeyMessage(p, record, bob.local, alice.address, bytes, keys);

  it('says when it made a session, which needs no pre-keys afterwards', async () => {
    const first = await decrypt(message);
    expect(first.established).toBe(true);
    const next = await alice.send(bob, 'again');
    const second = await decryptPreKeyMessage(
      p,
      first.record,
      bob.local,
      alice.address,
      next.bytes,
      undefined,
    );
    expect([second.established, second.plaintext]).toEqual([false, utf8('again')]);
  });

  it('needs the pre-keys that it names', async () => {
    const { oneTimePreKey, ...others } = bob.keysFor(message.bytes)!;
    expect(oneTimePreKey).toBeDefined();
    await expect(decrypt(message, undefined, others)).rejects.toEqual(code('unknown-pre-key'));
    await expect(
      decryptPreKeyMessage(p, undefined, bob.local, alice.address, message.bytes, undefined),
    ).rejects.toEqual(code('unknown-pre-key'));
  });

  it('fails with other keys than it names, or fields changed on the way', async () => {
    const { baseKey } = readPreKeyMessage(message.bytes);
    const other = await p.generateKeyPair();
    const keys = bob.keysFor(message.bytes)!;
    await expect(decrypt(message, undefined, { ...keys, signedPreKey: other })).rejects.toEqual(
      code('decryption-failed'),
    );
    for (const change of [
      { baseKey: other.publicKey },
      { identityKey: other.publicKey },
      { oneTimePreKeyId: undefined },
      { kyberCiphertext: parsePreKeySignalMessage(message.bytes).kyberCiphertext.with(5, 1) },
    ]) {
      await expect(decrypt(changed(message, change))).rejects.toEqual(code('decryption-failed'));
    }
    expect(baseKey).toHaveLength(33);
  });

  it('must hold a Kyber ciphertext when it makes a session; later ones need not', async () => {
    const { kyberCiphertext } = parsePreKeySignalMessage(message.bytes);
    const { record } = await decrypt(message);
    for (const bad of [kyberCiphertext.with(0, 7), kyberCiphertext.subarray(1), new Uint8Array()]) {
      const bytes = changed(message, { kyberCiphertext: bad });
      await expect(decrypt(bytes)).rejects.toEqual(code('malformed-message'));
      await expect(decrypt(bytes, record)).rejects.toEqual(code('duplicate-message'));
    }
  });

  it('cannot name its session by another form of the same base key', async () => {
    const { baseKey } = readPreKeyMessage(message.bytes);
    const p25519 = concatBytes(Uint8Array.of(5, 0xed), new Uint8Array(30).fill(0xff), Uint8Array.of(0x7f));
    const forms = [
      baseKey.with(32, baseKey[32]! | 0x80), // top bit set
      p25519.with(1, 0xf6), // u = 9, plus the field's prime
      concatBytes(Uint8Array.of(5), new Uint8Array(32)), // of order 2
      concatBytes(Uint8Array.of(5, 1), new Uint8Array(31)), // of order 4
      concatBytes(Uint8Array.of(5, 2), new Uint8Array(31)), // on the twist
      p25519.with(1, 0xec), // u = -1
      outsideSubgroup(baseKey),
    ];
    for (const form of forms) {
      await expect(decrypt(changed(message, { baseKey: form }))).rejects.toEqual(code('invalid-key'));
    }
  });

  it('is bound to the addresses of both sides', async () => {
    const keys = bob.keysFor(message.bytes);
    const { addresses } = parseSignalMessage(parsePreKeySignalMessage(message.bytes).message);
    expect(addresses).toHaveLength(36);
    const elsewhere = { ...alice.address, deviceId: 3 };
    await expect(
      decryptPreKeyMessage(p, undefined, bob.local, elsewhere, message.bytes, keys),
    ).rejects.toEqual(code('decryption-failed'));
    const moved = { ...bob.local, address: { ...bob.address, name: alice.address.name } };
    await expect(
      decryptPreKeyMessage(p, undefined, moved, alice.address, message.bytes, keys),
    ).rejects.toEqual(code('decryption-failed'));
  });

  it('is accepted twice as a duplicate only, and changes nothing then', async () => {
    const { record } = await decrypt(message);
    const before = record.slice();
    await expect(decrypt(message, record)).rejects.toEqual(code('duplicate-message'));
    expect(record).toEqual(before);
  });

  it('must come from the identity that its session is with', async () => {
    const { record } = await decrypt(message);
    const mallory = await p.generateKeyPair();
    await expect(decrypt(changed(message, { identityKey: mallory.publicKey }), record)).rejects.toEqual(
      code('identity-mismatch'),
    );
  });

  it('promotes an archived session with the same base key instead of making another', async () => {
    const next = await alice.send(bob, 'late introduction');
    let { record } = await decrypt(message);
    record = await initiateSession(p, record, bob.local, alice.address, await alice.bundle(), NOW);
    expect(readRecord(record).current!.pending).toBeDefined();
    const received = await decrypt(next, record);
    expect(received.established).toBe(false);
    const { current, archived } = readRecord(received.record);
    expect(current!.baseKey).toEqual(readPreKeyMessage(message.bytes).baseKey);
    expect(archived).toHaveLength(1);
    expect(stored.Session.decode(archived[0]!).pending).toBeNull();
  });

  it('is decrypted by the session it names and no other', async () => {
    const [carol, dave] = await talkingPair(p);
    await carol.initiate(dave);
    const introduction = await carol.send(dave, 'x');
    const { message: inner } = parsePreKeySignalMessage((await alice.send(bob, 'y')).bytes);
    await expect(dave.receive(carol, changed(introduction, { message: inner }))).rejects.toEqual(
      code('decryption-failed'),
    );
    expect(await dave.receive(carol, introduction)).toBe('x');
  });
});

describe('names that are no ServiceIds', () => {
  it('make sessions whose messages are bound to no address', async () => {
    const [alice, bob] = [await Device.make(p, 'alice'), await Device.make(p, 'bob')];
    await alice.initiate(bob);
    const message = await alice.send(bob, 'hi');
    expect(parseSignalMessage(parsePreKeySignalMessage(message.bytes).message).addresses).toBeUndefined();
    expect(await bob.receive(alice, message)).toBe('hi');
  });
});

describe('a SignalMessage', () => {
  it('needs a session', async () => {
    const [alice, bob] = await talkingPair(p);
    const { bytes } = await alice.send(bob, 'x');
    await expect(decryptMessage(p, undefined, bob.local, alice.address, bytes)).rejects.toEqual(
      code('no-session'),
    );
  });

  it('is not bound to addresses once the session is answered', async () => {
    const [alice, bob] = await talkingPair(p);
    expect(parseSignalMessage((await alice.send(bob, 'x')).bytes).addresses).toBeUndefined();
  });

  it('that is a duplicate on an archived session is called so, and changes nothing', async () => {
    const [alice, bob] = await talkingPair(p);
    const message = await bob.send(alice, 'once');
    await alice.receive(bob, message);
    await alice.initiate(bob);
    const before = alice.record!.slice();
    await expect(alice.receive(bob, message)).rejects.toEqual(code('duplicate-message'));
    expect(alice.record).toEqual(before);
  });

  it('of somebody else leaves every byte of the record as it was', async () => {
    const [alice, bob] = await talkingPair(p);
    const [carol, dave] = await talkingPair(p);
    await alice.initiate(bob);
    const before = alice.record!.slice();
    await expect(alice.receive(bob, await carol.send(dave, 'x'))).rejects.toEqual(code('decryption-failed'));
    expect(alice.record).toEqual(before);
  });
});

describe('two devices that write first at the same time', () => {
  it('read each other at once and end up on one session', async () => {
    const [alice, bob] = await strangers(p);
    await alice.initiate(bob);
    await bob.initiate(alice);
    const [a, b] = [await alice.send(bob, 'a'), await bob.send(alice, 'b')];
    expect(await bob.receive(alice, a)).toBe('a');
    expect(await alice.receive(bob, b)).toBe('b');
    expect(await bob.receive(alice, await alice.send(bob, 'a2'))).toBe('a2');
    expect(await alice.receive(bob, await bob.send(alice, 'b2'))).toBe('b2');
    const baseKeys = [alice, bob].map(({ record }) => readRecord(record).current!.baseKey);
    expect(baseKeys[0]).toEqual(baseKeys[1]);
    for (const [from, to] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      const message = await from.send(to, 'settled');
      expect(message.type).toBe(SIGNAL_MESSAGE);
      expect(await to.receive(from, message)).toBe('settled');
    }
  });
});

describe('Buffers of Node, whose slices share memory', () => {
  it('can be handed in and stay as they were', async () => {
    const [alice, bob] = await strangers(p);
    await alice.initiate(bob);
    const first = await alice.send(bob, 'first');
    const second = await alice.send(bob, 'second');
    await bob.receive(alice, second);
    const record = Buffer.from(bob.record!);
    const bytes = Buffer.from(first.bytes);
    const { identityKey } = readPreKeyMessage(bytes);
    identityKey.fill(0);
    remoteIdentityOf(record)!.fill(0);
    const received = await decryptPreKeyMessage(p, record, bob.local, alice.address, bytes, undefined);
    expect(received.plaintext).toEqual(utf8('first'));
    expect(record).toEqual(Buffer.from(bob.record!));
    expect(bytes).toEqual(Buffer.from(first.bytes));

    const { publicKey, privateKey } = await p.generateKeyPair();
    const signature = Buffer.from(await p.sign(Buffer.from(privateKey), utf8('x')));
    expect(await p.verify(Buffer.from(publicKey), utf8('x'), signature)).toBe(true);
    expect(await p.verify(Buffer.from(publicKey), utf8('x'), signature)).toBe(true);
  });
});

describe('a stored record', () => {
  it('of a later version is refused as such', () => {
    const bytes = stored.SessionRecord.encode({ format: 3 }).finish();
    expect(() => hasOpenSession(bytes, NOW)).toThrow(code('newer-database') as Error);
  });

  it('of the version before is as good as none: its sessions are no longer spoken', () => {
    const bytes = Uint8Array.from(stored.SessionRecord.encode({ format: 1, current: {} }).finish());
    expect(hasOpenSession(bytes, NOW)).toBe(false);
  });

  it('that is damaged is refused without a guess', async () => {
    const [alice] = await talkingPair(p);
    const truncated = alice.record!.subarray(0, 100);
    const { current } = stored.SessionRecord.decode(alice.record!);
    const without = (change: object) =>
      Uint8Array.from(
        stored.SessionRecord.encode({ format: 2, current: { ...current, ...change } }).finish(),
      );
    const cases = [
      truncated,
      new Uint8Array(),
      Uint8Array.of(0xff),
      without({ rootKey: null }),
      without({ sending: null }),
      without({ messageVersion: 3 }),
      without({ pqRatchet: null }),
      without({ pqRatchet: { ...current!.pqRatchet, nextRoot: null } }),
    ];
    for (const bytes of cases) expect(() => hasOpenSession(bytes, NOW)).toThrow(code('internal') as Error);
  });
});

describe('the pre-keys of a device', () => {
  it('are as they were after a first message was read, and after one was refused', async () => {
    const [alice, bob] = await strangers(p);
    await alice.initiate(bob);
    const message = await alice.send(bob, 'hi');
    const keys = bob.keysFor(message.bytes)!;
    const before = structuredClone(keys);
    const flipped = message.bytes.slice();
    flipped[flipped.length - 1640]! ^= 1; // in what the inner message encrypts
    expect(await bob.receive(alice, { ...message, bytes: flipped }).catch(codeOf)).toBe('decryption-failed');
    expect(keys).toEqual(before);
    expect(await bob.receive(alice, message)).toBe('hi');
    expect(keys).toEqual(before);
  });
});
