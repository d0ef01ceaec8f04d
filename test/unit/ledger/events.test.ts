/** What the client makes of a block's events, beside what polkadot-js makes of the same bytes. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Runtime } from '../../../core/ledger/substrate/runtime.js';
import { alice, bob, call, hex, signed, stranger } from '../../../devchain/test/extrinsics.js';
import { item, open } from '../../../devchain/test/reading.js';

type Hex = `0x${string}`;

/** Everything that a decoded value holds, in order, as text; names only of choices without content. */
function leavesOf(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') {
    const text = String(value);
    return [/^0x[0-9a-f]*$/.test(text) ? text : text.toLowerCase()];
  }
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  const { type } = value as { type?: unknown };
  if (typeof type === 'string') {
    const { value: content } = value as { value?: unknown };
    return content === undefined ? [type.toLowerCase()] : leavesOf(content);
  }
  return Object.entries(value).flatMap(([name, one]) =>
    one === null ? [name.toLowerCase()] : leavesOf(one),
  );
}

/** polkadot-js writes large numbers in hexadecimal. */
function inItsWords(ours: readonly string[], theirs: readonly string[]): string[] {
  return theirs.map((text, at) => (/^\d+$/.test(ours[at] ?? '') ? String(BigInt(text)) : text));
}

it('is the same: every event, of calls that succeed, fail and hold others', async () => {
  const { chain, registry, encode } = await open();
  const metadata = (await chain.request('state_getMetadata')) as Hex;
  const runtime = new Runtime(metadata, { specName: 'chainx', specVersion: 34, transactionVersion: 7 });
  const events = runtime.storage('System', 'Events');
  const to = fc.constantFrom(alice, bob, stranger).map(({ addressRaw }) => addressRaw);
  const amount = fc.bigInt(0n, 2n ** 64n);
  const simple = fc.oneof(
    fc.tuple(to, amount).map(([who, value]) => call.transfer(who, value)),
    fc
      .tuple(to, fc.integer({ min: 0, max: 3 }), amount)
      .map(([who, id, value]) => call.assetTransfer(who, id, value)),
    fc.uint8Array({ maxLength: 40 }).map((text) => call.remarkWithEvent(text)),
    fc.constant(encode('identity', 'clearIdentity')),
    fc.constant(encode('identity', 'setIdentity', { display: { Raw: 'A' } })),
    fc.integer({ min: 0, max: 9 }).map((index) => encode('indices', 'claim', index)),
    amount.map((value) => encode('xGatewayCommon', 'withdraw', 1, value, '0x74', '0x')),
  );
  const batch = fc.array(simple, { maxLength: 4 }).map((calls) => encode('utility', 'batch', calls));
  const any = fc.oneof(simple, simple, batch);
  let nonce = 0;
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(any, { minLength: 1, maxLength: 6 }), async (calls) => {
      for (const one of calls) {
        await chain.request('author_submitExtrinsic', [hex(signed(chain, alice, one, { nonce }))]);
        nonce += 1;
      }
      await chain.request('dev_newBlock');
      const stored = (await chain.request('state_getStorage', [hex(item('System', 'Events'))])) as string;
      const theirs = registry.createType('Vec<FrameSystemEventRecord>', stored) as unknown as {
        event: { section: string; method: string; data: { toJSON(): unknown } };
        phase: { toJSON(): unknown };
      }[];
      const ours = events.decode(stored) as {
        phase: unknown;
        event: { type: string; value: { type: string; value?: unknown } };
      }[];
      expect(ours).toHaveLength(theirs.length);
      [...theirs].forEach(({ event, phase }, at) => {
        const { type, value } = ours[at]!.event;
        expect([type, value.type].join('.').toLowerCase()).toBe(
          `${event.section}.${event.method}`.toLowerCase(),
        );
        const leaves = leavesOf(value.value);
        expect(leaves).toEqual(inItsWords(leaves, leavesOf(event.data.toJSON())));
        expect(leavesOf(ours[at]!.phase)).toEqual(leavesOf(phase.toJSON()));
        seen += 1;
      });
    }),
    { numRuns: 25 },
  );
  expect(seen).toBeGreaterThan(200);
});
