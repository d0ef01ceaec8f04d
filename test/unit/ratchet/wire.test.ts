import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindAddresses } from '../../../core/ratchet/addresses.js';
import { compareScannable, readPreKeyMessage } from '../../../core/ratchet/index.js';
import {
  macVerifies,
  parsePreKeySignalMessage,
  parseSignalMessage,
  writePreKeySignalMessage,
  writeSignalMessage,
} from '../../../core/ratchet/wire.js';
import { signal } from '../../../proto/gen/signal.js';
import vectors from '../../vectors/signal-v4.json' with { type: 'json' };
import { repeatable } from './device.js';

const random = repeatable(3);
const key = (type = 5) => concatBytes(Uint8Array.of(type), random(32));
const macKey = random(32);
const direction = { sender: key(), receiver: key() };
const fields = {
  ratchetKey: key(),
  counter: 0,
  previousCounter: 7,
  ciphertext: random(32),
  pqRatchet: undefined,
  addresses: undefined,
};
const preKeyFields = {
  oneTimePreKeyId: 0,
  signedPreKeyId: 0xffffffff,
  kyberPreKeyId: 3,
  kyberCiphertext: concatBytes(Uint8Array.of(8), random(1568)),
  baseKey: key(),
  identityKey: key(),
  registrationId: 5,
  message: writeSignalMessage(fields, macKey, direction),
};

/** A message with one field of its protobuf left out or replaced. */
function altered(
  bytes: Uint8Array,
  codec: typeof signal.SignalMessage | typeof signal.PreKeySignalMessage,
  change: object,
) {
  const macLength = codec === signal.SignalMessage ? 8 : 0;
  const body = codec.decode(bytes.subarray(1, bytes.length - macLength));
  const protobuf = codec.encode({ ...body, ...change }).finish();
  return concatBytes(bytes.subarray(0, 1), protobuf, new Uint8Array(macLength));
}

describe('a SignalMessage', () => {
  const bytes = writeSignalMessage(fields, macKey, direction);

  it('is read as it was written', () => {
    const { ratchetKey, counter, ciphertext } = fields;
    expect(parseSignalMessage(bytes)).toMatchObject({
      ratchetKey,
      counter,
      ciphertext,
      pqRatchet: undefined,
    });
    const bound = writeSignalMessage(
      { ...fields, addresses: random(36), pqRatchet: random(4) },
      macKey,
      direction,
    );
    expect(parseSignalMessage(bound).addresses).toHaveLength(36);
    expect(parseSignalMessage(bound).pqRatchet).toHaveLength(4);
  });

  it('begins with version 4, then has the fields in order, counters of 0 included', () => {
    expect([...bytes.subarray(0, 3)]).toEqual([0x44, 0x0a, 33]);
    expect([...bytes.subarray(36, 42)]).toEqual([0x10, 0, 0x18, 7, 0x22, 32]);
    expect(bytes).toHaveLength(1 + 35 + 2 + 2 + 34 + 8);
  });

  it('has a MAC over the direction and every byte', () => {
    expect(macVerifies(parseSignalMessage(bytes), macKey, direction)).toBe(true);
    const back = { sender: direction.receiver, receiver: direction.sender };
    expect(macVerifies(parseSignalMessage(bytes), macKey, back)).toBe(false);
    expect(macVerifies(parseSignalMessage(bytes), random(32), direction)).toBe(false);
    for (const place of [0, 37, 60, bytes.length - 1]) {
      const changed = bytes.with(place, bytes[place]! ^ 1);
      expect(macVerifies(parseSignalMessage(changed), macKey, direction)).toBe(false);
    }
  });

  it.each([0x34, 0x54, 0x24, 0x00])('of version byte %i is refused', (version) => {
    expect(() => parseSignalMessage(bytes.with(0, version))).toThrow(
      expect.objectContaining({ code: 'malformed-message' }),
    );
  });

  it('may have another low half of the version byte', () => {
    expect(parseSignalMessage(bytes.with(0, 0x43)).counter).toBe(0);
  });

  it.each(['ratchetKey', 'counter', 'ciphertext'])('without %s is refused', (field) => {
    expect(() => parseSignalMessage(altered(bytes, signal.SignalMessage, { [field]: null }))).toThrow(
      expect.objectContaining({ code: 'malformed-message' }),
    );
  });

  it('with a ratchet key of another type is refused; bytes behind the key are dropped', () => {
    const withKey = (ratchetKey: Uint8Array) => altered(bytes, signal.SignalMessage, { ratchetKey });
    for (const bad of [key(6), key().subarray(0, 32), new Uint8Array()]) {
      expect(() => parseSignalMessage(withKey(bad))).toThrow(
        expect.objectContaining({ code: 'invalid-key' }),
      );
    }
    expect(parseSignalMessage(withKey(concatBytes(fields.ratchetKey, random(3)))).ratchetKey).toEqual(
      fields.ratchetKey,
    );
  });
});

describe('a PreKeySignalMessage', () => {
  const bytes = writePreKeySignalMessage(preKeyFields);

  it('is read as it was written, key id 0 told apart from none', () => {
    expect(parsePreKeySignalMessage(bytes)).toEqual(preKeyFields);
    const without = { ...preKeyFields, oneTimePreKeyId: undefined };
    expect(parsePreKeySignalMessage(writePreKeySignalMessage(without))).toEqual(without);
    expect(readPreKeyMessage(writePreKeySignalMessage(without))).not.toHaveProperty('oneTimePreKeyId');
    expect(readPreKeyMessage(bytes)).toEqual({
      identityKey: preKeyFields.identityKey,
      baseKey: preKeyFields.baseKey,
      registrationId: 5,
      oneTimePreKeyId: 0,
      signedPreKeyId: 0xffffffff,
      kyberPreKeyId: 3,
    });
  });

  it.each(['baseKey', 'identityKey', 'message', 'signedPreKeyId', 'kyberPreKeyId', 'kyberCiphertext'])(
    'without %s is refused',
    (field) => {
      expect(() => readPreKeyMessage(altered(bytes, signal.PreKeySignalMessage, { [field]: null }))).toThrow(
        expect.objectContaining({ code: 'malformed-message' }),
      );
    },
  );

  it.each([
    ['baseKey', key(8), 'invalid-key'],
    ['identityKey', random(3), 'invalid-key'],
    ['message', random(5), 'malformed-message'],
  ])('with a bad %s is refused', (field, value, code) => {
    expect(() => readPreKeyMessage(altered(bytes, signal.PreKeySignalMessage, { [field]: value }))).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe('parsers', () => {
  const codes = expect.toBeOneOf(['malformed-message', 'invalid-key']);
  const samples = [
    preKeyFields.message,
    writePreKeySignalMessage(preKeyFields),
    signal.CombinedFingerprints.encode({ version: 2, local: { content: random(32) }, remote: {} }).finish(),
  ];
  /** Random bytes, and real messages with bytes changed, dropped or doubled. */
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => concatBytes(Uint8Array.of(0x44), bytes)),
    fc
      .tuple(
        fc.constantFrom(...samples),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
        fc.nat(),
        fc.nat(40),
      )
      .map(([sample, changes, cut, length]) => {
        const bytes = Uint8Array.from(sample);
        for (const [place, value] of changes) bytes[place % Math.min(bytes.length, 120)] = value;
        const at = cut % bytes.length;
        return concatBytes(bytes.subarray(0, at), bytes.subarray(at + (length >> 1) - (length & 1)));
      }),
  );

  it.each([
    ['SignalMessage', parseSignalMessage],
    ['PreKeySignalMessage', readPreKeyMessage],
    ['safety number', (bytes: Uint8Array) => compareScannable(bytes, bytes)],
  ])('of a %s answer anything with a value or a documented error', (_name, parse) => {
    fc.assert(
      fc.property(hostile, (bytes) => {
        try {
          parse(bytes);
        } catch (error) {
          expect(error).toMatchObject({ name: 'ComingError', code: codes });
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('do not follow groups nested without end', () => {
    const nested = concatBytes(Uint8Array.of(0x44), new Uint8Array(60_000).fill(0x3b), new Uint8Array(8));
    for (const parse of [parseSignalMessage, readPreKeyMessage]) {
      expect(() => parse(nested)).toThrow(expect.objectContaining({ code: 'malformed-message' }));
    }
  });
});

describe('the binding to addresses', () => {
  it('is what libsignal writes into its first messages', () => {
    for (const { name, alice, bob, steps } of vectors.receive) {
      const [first] = steps;
      const inner = parseSignalMessage(parsePreKeySignalMessage(hexToBytes(first!.ciphertext)).message);
      expect([name, inner.addresses]).toEqual([name, bindAddresses(alice.address, bob.address)]);
    }
  });

  it('takes 36 bytes, a kind byte telling an account from a phone number identity', () => {
    const uuid = '7cda973f-53d7-4ac4-8a14-1551d7dcf316';
    const to = { name: `PNI:${uuid.toUpperCase()}`, deviceId: 127 };
    const bytes = bindAddresses({ name: uuid, deviceId: 1 }, to)!;
    const raw = hexToBytes(uuid.replaceAll('-', ''));
    expect(bytes).toEqual(Uint8Array.of(0, ...raw, 1, 1, ...raw, 127));
  });

  it.each([
    'alice',
    '',
    '+14155550100',
    '7cda973f53d74ac48a141551d7dcf316',
    'pni:7cda973f-53d7-4ac4-8a14-1551d7dcf316',
  ])('does not exist for the name %j', (name) => {
    const other = { name: '7cda973f-53d7-4ac4-8a14-1551d7dcf316', deviceId: 1 };
    expect(bindAddresses({ name, deviceId: 1 }, other)).toBeUndefined();
    expect(bindAddresses(other, { name, deviceId: 1 })).toBeUndefined();
  });
});
