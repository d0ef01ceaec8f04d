import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeRecord,
  encodeRecord,
  MAX_RECORD,
  RecordSplitter,
  TRAVELS,
  type HistoryConversation,
  type HistoryMessage,
} from '../../../core/transfer/records.js';
import { TABLE_NAMES, type PaymentRow, type PersonRow, type ProfileRow } from '../../../core/store/index.js';

const hex = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes).toString('hex'));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const reference = fc.record({ id: hex(16), mine: fc.boolean() });
const stamp = { at: fc.integer(), id: hex(16) };
const settings = { muted: fc.boolean(), readReceipts: fc.boolean(), typing: fc.boolean() };
const anything = { requiredKeys: [] };
const message: fc.Arbitrary<HistoryMessage> = fc.record(
  {
    peer: hex(32),
    id: hex(16),
    mine: fc.boolean(),
    text: fc.string({ unit: 'binary', maxLength: 200 }),
    sentAt: fc.integer(),
    state: fc.constantFrom('sent', 'failed', 'received', 'read'),
    problem: maybe(fc.constantFrom('no-devices', 'relay-unreachable')),
    isPayment: fc.boolean(),
    reply: reference,
    reactions: fc.array(fc.record({ ...stamp, mine: fc.boolean(), emoji: fc.constantFrom('', '👍') }), {
      maxLength: 2,
    }),
    edited: fc.record(stamp),
    deleted: fc.boolean(),
    expiresAfter: fc.nat(),
    expiresAt: fc.integer(),
    timer: fc.nat(),
  },
  { requiredKeys: ['peer', 'id', 'mine', 'text', 'sentAt', 'state', 'problem', 'isPayment'] },
);
const conversation: fc.Arbitrary<HistoryConversation> = fc.record(
  {
    peer: hex(32),
    petname: fc.string(),
    lastActivity: fc.integer(),
    origin: maybe(fc.string()),
    elsewhere: maybe(fc.string()),
    messages: fc.nat(),
    request: fc.boolean(),
    accepted: fc.boolean(),
    timer: fc.record({ ...stamp, seconds: fc.nat() }),
    settings: fc.record(settings, anything),
    draft: fc.record({ text: fc.string(), replyTo: reference }, { requiredKeys: ['text'] }),
    told: fc.nat(),
  },
  { requiredKeys: ['peer', 'petname', 'lastActivity', 'origin', 'elsewhere', 'messages'] },
);
const profile: fc.Arbitrary<ProfileRow> = fc.record(
  {
    version: fc.nat(),
    name: fc.string(),
    picture: maybe(fc.uint8Array()),
    settings: fc.record({ ...settings, strangers: fc.constantFrom('ask', 'accept') }, anything),
  },
  { requiredKeys: ['version', 'name', 'picture'] },
);
const payment: fc.Arbitrary<PaymentRow> = fc.record({
  peer: hex(32),
  id: hex(16),
  mine: fc.boolean(),
  genesis: fc.string(),
  asset: fc.string(),
  amount: fc.bigInt({ min: 0n, max: 2n ** 128n }),
  from: hex(32),
  to: hex(32),
  place: maybe(fc.record({ block: fc.string(), extrinsic: fc.nat(), hash: fc.string() })),
  state: fc.constantFrom('open', 'received', 'refuted'),
  refutal: maybe(fc.constantFrom('failed', 'other-account')),
});
const entry = fc.record({
  text: fc.string(),
  scheme: fc.constantFrom('ed25519', 'sr25519', 'ecdsa'),
  signature: fc.uint8Array({ minLength: 64, maxLength: 65 }),
});
const person: fc.Arbitrary<PersonRow> = fc.record(
  {
    log: fc.array(entry, { maxLength: 3 }),
    noticed: fc.nat(),
    blocked: fc.boolean(),
    compared: fc.array(entry, { maxLength: 2 }),
    anchorIgnored: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    continuedBy: hex(32),
    domains: fc.array(fc.string()),
    note: fc.string(),
  },
  { requiredKeys: ['log', 'noticed'] },
);

const some = fc.oneof(
  message.map((value) => ({ kind: 'messages' as const, value })),
  conversation.map((value) => ({ kind: 'conversations' as const, value })),
  fc
    .tuple(maybe(hex(32)), profile)
    .map(([account, each]) => ({ kind: 'profiles' as const, value: { account, profile: each } })),
  payment.map((value) => ({ kind: 'payments' as const, value })),
  fc
    .tuple(hex(32), person)
    .map(([account, each]) => ({ kind: 'people' as const, value: { account, person: each } })),
);
const encoded = some.map(({ kind, value }) => encodeRecord(kind, value as never));

describe('a record', () => {
  it('reads as what was written', () => {
    fc.assert(
      fc.property(some, ({ kind, value }) => {
        expect(decodeRecord(encodeRecord(kind, value as never).subarray(4))).toEqual({ kind, value });
      }),
    );
  });

  it('is refused, or is one that writes to the same bytes again, whatever it was bent to', () => {
    const bent = fc
      .tuple(encoded, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }))
      .map(([bytes, bends]) => {
        const json = bytes.slice(4);
        for (const [at, byte] of bends) json[at % json.length] = byte;
        return json;
      });
    fc.assert(
      fc.property(
        fc.oneof(
          bent,
          fc.uint8Array({ maxLength: 60 }),
          fc.json().map((json) => Buffer.from(json)),
        ),
        (json) => {
          let record;
          try {
            record = decodeRecord(json);
          } catch (error) {
            expect(error instanceof TypeError || error instanceof SyntaxError).toBe(true);
            return;
          }
          const again = decodeRecord(encodeRecord(record.kind, record.value as never).subarray(4));
          expect(again).toEqual(record);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it.each([
    '[]',
    '{}',
    'null',
    '["messages"]',
    '["meta",{}]',
    '["__proto__",{}]',
    '["end",{"signature":"00"}]',
    '["paidEvents",{"event":"e","peer":"x","id":"y"}]',
    `["paidEvents",{"event":"e","peer":"${'0'.repeat(64)}","id":"${'0'.repeat(32)}","more":1}]`,
  ])('%s is none', (json) => {
    expect(() => decodeRecord(Buffer.from(json))).toThrow(TypeError);
  });

  it('is found in a stream however that is cut, and nothing long is waited for', () => {
    fc.assert(
      fc.property(fc.array(encoded, { maxLength: 6 }), fc.integer({ min: 1, max: 400 }), (records, step) => {
        const stream = Buffer.concat(records);
        const splitter = new RecordSplitter();
        const found: Uint8Array[] = [];
        for (let at = 0; at < stream.length; at += step)
          found.push(...splitter.add(stream.subarray(at, at + step)));
        expect(found.map((bytes) => Buffer.from(bytes))).toEqual(
          records.map((bytes) => Buffer.from(bytes.subarray(4))),
        );
        expect(splitter.isEmpty).toBe(true);
      }),
    );
    const length = Buffer.alloc(4);
    length.writeUInt32BE(MAX_RECORD + 1);
    expect(() => new RecordSplitter().add(length)).toThrow(RangeError);
  });

  it('of every table is decided on: what makes the device what it is stays', () => {
    expect(Object.keys(TRAVELS).sort()).toEqual([...TABLE_NAMES].sort());
    for (const table of ['meta', 'preKeys', 'sessions', 'lastResortUses', 'outbox'] as const) {
      expect(TRAVELS[table]).toBe(false);
    }
  });
});
