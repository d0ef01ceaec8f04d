// Our codec against protobufjs, which reads the same files by itself.
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import type { Codec } from '../../proto/codec.js';
import { content } from '../../proto/gen/content.js';
import { groups } from '../../proto/gen/groups.js';
import { relay } from '../../proto/gen/relay.js';
import { session } from '../../proto/gen/session.js';
import { signal } from '../../proto/gen/signal.js';

type Fields = Record<string, unknown>;
type AnyCodec = Codec<Fields, Fields>;

const messages = Object.entries({ content, groups, relay, session, signal }).flatMap(([name, codecs]) => {
  const file = new protobuf.Root().loadSync(`proto/${name}.proto`).resolveAll();
  const types = (file.lookup(name) as protobuf.Namespace).nestedArray.filter(
    (member) => member instanceof protobuf.Type,
  );
  return types.map((type) => {
    const codec = (codecs as unknown as Record<string, AnyCodec>)[type.name]!;
    return [`${name}.${type.name}`, codec, type] as const;
  });
});

const SCALARS: Record<string, fc.Arbitrary<unknown>> = {
  bool: fc.boolean(),
  uint32: fc.oneof(fc.nat(200), fc.nat(0xffffffff)),
  uint64: fc.oneof(fc.bigInt(0n, 300n), fc.bigInt(0n, (1n << 64n) - 1n)),
  string: fc.string({ unit: 'grapheme' }),
  bytes: fc.oneof(fc.uint8Array({ maxLength: 8 }), fc.uint8Array({ minLength: 120, maxLength: 140 })),
};

/** Messages as they are handed to our codec, any field left out. */
function valuesOf({ fieldsArray }: protobuf.Type): fc.Arbitrary<Fields> {
  const fields = fieldsArray.map(({ name, type, resolvedType, repeated }) => {
    const one =
      resolvedType instanceof protobuf.Type
        ? valuesOf(resolvedType)
        : resolvedType
          ? fc.nat(0x7fffffff)
          : SCALARS[type]!;
    return [name, repeated ? fc.array(one, { maxLength: 2 }) : fc.option(one)] as const;
  });
  return fc.record(Object.fromEntries(fields), { requiredKeys: [] }) as fc.Arbitrary<Fields>;
}

/** The same for protobufjs, which takes 64 bits as two halves and writes 0 when it is handed a bigint. */
function forOracle(value: unknown): unknown {
  if (typeof value === 'bigint') return { low: Number(value & 0xffffffffn), high: Number(value >> 32n) };
  if (Array.isArray(value)) return value.map(forOracle);
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, forOracle(field)]));
}

/** Everything that can be asked of a message that was read: each field, whether it is there, which of a `oneof` is. */
function asked(message: Fields, type: protobuf.Type): unknown {
  const one = (value: unknown, { resolvedType }: protobuf.Field): unknown => {
    if (value === null || value === undefined) return null;
    if (resolvedType instanceof protobuf.Type) return asked(value as Fields, resolvedType);
    if (value instanceof Uint8Array) return Array.from(value);
    return typeof value === 'object' ? BigInt(String(value)) : value;
  };
  const fields = type.fieldsArray.map((field) => {
    const value = message[field.name];
    const read = Array.isArray(value) ? value.map((item) => one(item, field)) : one(value, field);
    return [field.name, Object.hasOwn(message, field.name), read];
  });
  const oneofs = type.oneofsArray.filter((oneof) => !oneof.isProto3Optional);
  return [fields, oneofs.map(({ name }) => message[name])];
}

const REFUSED = 'refused';

function outcome(decode: () => Fields, type: protobuf.Type): unknown {
  let message;
  try {
    message = decode();
  } catch {
    return REFUSED;
  }
  return asked(message, type);
}

/** Both readers' answers to the same bytes. */
function answers(codec: AnyCodec, type: protobuf.Type, bytes: Uint8Array) {
  const oracle = outcome(() => type.decode(bytes) as unknown as Fields, type);
  return { ours: outcome(() => codec.decode(bytes), type), oracle };
}

const varint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))];

const payload = (wireType: number): fc.Arbitrary<number[]> => {
  if (wireType === 0) return fc.nat(0xffffffff).map(varint);
  if (wireType === 2)
    return SCALARS.bytes!.map((b) => [...varint((b as Uint8Array).length), ...(b as Uint8Array)]);
  const size = wireType === 1 ? 8 : 4;
  return fc.array(fc.nat(255), { minLength: size, maxLength: size });
};

/** One well-formed field that may or may not be known, with this or another wire type. */
const strangeField = fc
  .tuple(
    fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 0x1fffffff })),
    fc.constantFrom(0, 1, 2, 5),
  )
  .chain(([field, wireType]) =>
    payload(wireType).map((bytes) => [...varint(field * 8 + wireType), ...bytes]),
  );

/** What is put into real messages to break them. */
const poison = fc.oneof(
  fc.array(fc.nat(255), { maxLength: 6 }),
  fc.nat(12).map((length) => [...new Array<number>(length).fill(0x80), 0]), // overlong
  fc.nat(12).map((length) => [...new Array<number>(length).fill(0xff), 0x7f]),
  fc
    .tuple(fc.nat(40), fc.nat(0xffffffff))
    .map(([field, size]) => [...varint(field * 8 + 2), ...varint(size)]),
  fc.tuple(fc.nat(40), fc.constantFrom(3, 4, 6, 7)).map(([field, wireType]) => varint(field * 8 + wireType)),
);

const hostile = (type: protobuf.Type) =>
  fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .tuple(valuesOf(type), poison, fc.nat(), fc.nat(6), fc.nat(), fc.boolean())
      .map(([value, bad, at, dropped, end, isCut]) => {
        const bytes = Array.from(type.encode(forOracle(value) as Fields).finish());
        bytes.splice(at % (bytes.length + 1), dropped, ...bad);
        return Uint8Array.from(isCut ? bytes.slice(0, end % (bytes.length + 1)) : bytes);
      }),
  );

/** Of tags and lengths that are longer than five bytes, zeros all, protobufjs reads ten whatever stands there. */
function hasLongVarint(bytes: Uint8Array): boolean {
  return bytes.some(
    (_, at) => at + 5 <= bytes.length && bytes.subarray(at, at + 5).every((byte) => byte > 0x7f),
  );
}

describe.each(messages)('%s', (_name, codec, type) => {
  it('is written byte for byte as protobufjs writes it, and read alike', () => {
    fc.assert(
      fc.property(valuesOf(type), (value) => {
        const bytes = codec.encode(value).finish();
        expect(bytes).toEqual(Uint8Array.from(type.encode(forOracle(value) as Fields).finish()));
        const { ours, oracle } = answers(codec, type, bytes);
        expect(ours).not.toBe(REFUSED);
        expect(ours).toEqual(oracle);
      }),
      { numRuns: 40 },
    );
  });

  it('is read alike among unknown fields and wrong wire types, which are dropped', () => {
    fc.assert(
      fc.property(valuesOf(type), fc.array(strangeField), (value, strange) => {
        // Bytes where a list of numbers is known.
        fc.pre(!hasLongVarint(Uint8Array.from(strange.flat())));
        const bytes = Uint8Array.from([...codec.encode(value).finish(), ...strange.flat()]);
        const { ours, oracle } = answers(codec, type, bytes);
        expect(ours).toEqual(oracle);
      }),
      { numRuns: 40 },
    );
  });

  it('is refused wherever protobufjs refuses it', () => {
    fc.assert(
      fc.property(hostile(type), (bytes) => {
        fc.pre(!hasLongVarint(bytes));
        const { ours, oracle } = answers(codec, type, bytes);
        // Ours may be stricter: varints without end and groups that end as others are refused in unknown fields, too.
        if (ours !== REFUSED) expect(ours).toEqual(oracle);
      }),
      { numRuns: 150 },
    );
  });
});

describe('the codec', () => {
  const { Envelope, LogEntry } = relay;

  it.each([
    ['a field of number 0', [0x00, 0]],
    ['a group that does not end', [0x7b]],
    ['a group that ends as another', [0x7b, 0x74]],
    ['the end of a group that did not begin', [0x7c]],
    [
      'groups nested without end',
      [...new Array<number>(101).fill(0x7b), ...new Array<number>(101).fill(0x7c)],
    ],
    ['an unknown wire type', [0x7e]],
    ['a tag longer than 32 bits', [0x88, 0x80, 0x80, 0x80, 0x80, 0x01, 1]],
    ['a varint longer than 64 bits', [0x08, ...new Array<number>(10).fill(0x80), 0]],
    ['a length longer than 32 bits', [0x12, 0x80, 0x80, 0x80, 0x80, 0x10]],
    ['a length beyond the end', [0x12, 3, 1, 2]],
    ['a number that was cut off', [0x08, 0x80]],
  ])('refuses %s', (_name, bytes) => {
    expect(() => Envelope.decode(Uint8Array.from(bytes))).toThrow(RangeError);
  });

  it('does not read behind the end of a message that stands in another', () => {
    // LogEntry.text of three bytes, in an entry of two.
    const bytes = Uint8Array.from([0x12, 2, 0x0a, 3, 0x61, 0x61, 0x61]);
    expect(() => relay.LogState.decode(bytes)).toThrow(RangeError);
  });

  it('refuses text that is not UTF-8', () => {
    expect(() => LogEntry.decode(Uint8Array.of(0x0a, 2, 0xc3, 0x28))).toThrow(TypeError);
  });

  it('keeps a byte order mark, and writes a lone surrogate as what can be read', () => {
    const through = (text: string) => LogEntry.decode(LogEntry.encode({ text }).finish()).text;
    expect(through('\ufeffa')).toBe('\ufeffa');
    expect(through('a\ud800')).toBe('a\ufffd');
  });

  it('hands out plain bytes, also of a Buffer', () => {
    const { id } = Envelope.decode(Buffer.from([0x12, 1, 7]));
    expect(id).toEqual(Uint8Array.of(7));
    expect(Buffer.isBuffer(id)).toBe(false);
  });

  it('refuses a 64-bit number that does not fit', () => {
    expect(() => Envelope.encode({ seq: 1n << 64n })).toThrow(RangeError);
    expect(() => Envelope.encode({ seq: -1n })).toThrow(RangeError);
  });
});
