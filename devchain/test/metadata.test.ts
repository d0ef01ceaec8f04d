import { getDynamicBuilder, getLookupFn } from '@polkadot-api/metadata-builders';
import { decAnyMetadata, unifyMetadata } from '@polkadot-api/substrate-bindings';
import type { Metadata } from '@polkadot/types';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hex } from './extrinsics.js';
import { open } from './reading.js';

const { chain, registry } = await open();
const lookup = getLookupFn(
  unifyMetadata(decAnyMetadata((await chain.request('state_getMetadata')) as string)),
);
const codec = getDynamicBuilder(lookup).buildDefinition(lookup.call!);

/** Whether the runtime decodes these bytes as a call: it answers what an extrinsic of it costs. */
async function isDecoded(call: Uint8Array): Promise<boolean> {
  const body = Uint8Array.of(4, ...call);
  const args = Uint8Array.of(...compact(body.length), ...body, 0, 0, 0, 0);
  try {
    await chain.request('state_call', ['TransactionPaymentApi_query_info', hex(args)]);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 4003 });
    return false;
  }
}

/** Whether the metadata's types read these bytes as a call, whole, and write the same ones again. */
function isDescribed(call: Uint8Array): boolean {
  try {
    // More bytes follow, for this decoder would take too few of them for an array.
    return hex(codec.enc(codec.dec(Uint8Array.of(...call, ...new Uint8Array(64).fill(0xee))))) === hex(call);
  } catch {
    return false;
  }
}

const compact = (value: number) => (value < 64 ? [value << 2] : [((value << 2) & 255) | 1, value >> 6]);

/** Values of a type of the metadata, encoded; strict to what a runtime's decoder takes. */
function valuesOf(type: number, depth = 0): fc.Arbitrary<Uint8Array> {
  const { def, path } = registry.lookup.getSiType(type as never);
  const joined = (parts: fc.Arbitrary<Uint8Array>[]) =>
    parts.length === 0
      ? fc.constant(new Uint8Array())
      : fc.tuple(...parts).map((all) => Uint8Array.from(all.flatMap((one) => [...one])));
  const number = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  if (def.isPrimitive) {
    const size: Record<string, number> = { U8: 1, U16: 2, U32: 4, U64: 8, U128: 16, I32: 4 };
    const name = def.asPrimitive.type;
    if (name === 'Bool') return fc.integer({ min: 0, max: 1 }).map((value) => Uint8Array.of(value));
    return number(size[name]!);
  }
  if (def.isCompact) {
    const inner = registry.lookup.getSiType(def.asCompact.type).def.asPrimitive.type;
    const bits = Number(inner.slice(1));
    return fc
      .oneof(fc.bigInt(0n, (1n << BigInt(bits)) - 1n), fc.bigInt(0n, 100_000n))
      .map((value) => registry.createType(`Compact<u${bits}>`, value).toU8a());
  }
  if (def.isArray) {
    const { len, type: inner } = def.asArray;
    return joined(Array.from({ length: len.toNumber() }, () => valuesOf(inner.toNumber(), depth)));
  }
  if (def.isTuple) return joined([...def.asTuple].map((inner) => valuesOf(inner.toNumber(), depth)));
  if (def.isSequence) {
    // Calls may hold calls.
    if (depth > 3) return fc.constant(Uint8Array.of(0));
    const items = fc.array(valuesOf(def.asSequence.type.toNumber(), depth + 1), { maxLength: 4 });
    return items.map((all) => Uint8Array.of(...compact(all.length), ...all.flatMap((one) => [...one])));
  }
  if (def.isComposite) {
    return joined(def.asComposite.fields.map((field) => valuesOf(field.type.toNumber(), depth)));
  }
  expect(def.isVariant, path.join('::')).toBe(true);
  // A call in a call need not have another one in it.
  const variants = def.asVariant.variants.filter(({ name }) => depth < 2 || name.toString() !== 'Sudo');
  return fc.oneof(
    ...variants.map((variant) =>
      joined([
        fc.constant(Uint8Array.of(variant.index.toNumber())),
        ...variant.fields.map((field) => valuesOf(field.type.toNumber(), depth + 1)),
      ]),
    ),
  );
}

const metadata = registry.metadata as unknown as Metadata['asV14'];
const calls = [...metadata.pallets].flatMap((pallet) => {
  if (pallet.calls.isNone) return [];
  const { variants } = registry.lookup.getSiType(pallet.calls.unwrap().type).def.asVariant;
  return [...variants].map((variant) => ({
    name: `${pallet.name.toString()}.${variant.name.toString()}`,
    head: Uint8Array.of(pallet.index.toNumber(), variant.index.toNumber()),
    fields: variant.fields.map((field) => field.type.toNumber()),
  }));
});

describe('the metadata', () => {
  test.each(calls)('describes what the runtime decodes as $name', async ({ head, fields }) => {
    const encoded = fc
      .tuple(fc.constant(head), ...fields.map((field) => valuesOf(field)))
      .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));
    await fc.assert(
      fc.asyncProperty(encoded, fc.nat(), fc.integer({ min: 1, max: 255 }), async (call, at, flip) => {
        expect(isDescribed(call)).toBe(true);
        expect(await isDecoded(call)).toBe(true);
        // A byte less, a byte more and another byte are a call for both or for neither.
        const changed = call.slice();
        changed[at % call.length]! ^= flip;
        for (const other of [call.slice(0, -1), Uint8Array.of(...call, flip), changed]) {
          expect(await isDecoded(other), hex(other)).toBe(isDescribed(other));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('names no call twice, and the runtime knows no other ones', async () => {
    const known = new Set(calls.map(({ head }) => hex(head)));
    expect(known.size).toBe(calls.length);
    for (let pallet = 0; pallet < 64; pallet++) {
      for (let variant = 0; variant < 32; variant++) {
        const head = Uint8Array.of(pallet, variant);
        if (known.has(hex(head))) continue;
        expect(await isDecoded(Uint8Array.of(...head, ...new Uint8Array(200))), hex(head)).toBe(false);
        expect(await isDecoded(head), hex(head)).toBe(false);
      }
    }
  });
});
