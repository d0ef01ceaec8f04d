import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alice, bob, call, hex, signed, stranger } from './extrinsics.js';
import { open } from './reading.js';

const { chain } = await open({
  genesis: { accounts: [{ address: hex(stranger.addressRaw), pcx: 10n ** 12n }] },
});
const genesis = chain.genesisHash.slice(2);

/** What the runtime answers about these bytes; a trap would be an error. */
async function judge(extrinsic: Uint8Array): Promise<string> {
  const args = `0x01${hex(extrinsic).slice(2)}${genesis}`;
  return (await chain.request('state_call', ['TaggedTransactionQueue_validate_transaction', args])) as string;
}

const valid = [
  signed(chain, stranger, call.transfer(bob.addressRaw, 1n)),
  signed(chain, alice, call.assetTransfer(bob.addressRaw, 1, 2n ** 70n)),
];

describe('bytes that are no valid extrinsic', () => {
  test('never make the runtime trap: they are an invalid transaction', async () => {
    const anyBytes = fc.uint8Array({ maxLength: 300 });
    // Random bytes seldom get past the length in front: with the right one they do.
    const framed = anyBytes.map((body) => Uint8Array.of(...length(body.length + 1), 0x84, ...body));
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyBytes, framed), async (bytes) => {
        expect(await judge(bytes)).toMatch(/^0x01/);
      }),
      { numRuns: 1000 },
    );
  });

  test('come from a valid one by any change or cut', async () => {
    const which = fc.constantFrom(...valid);
    await fc.assert(
      fc.asyncProperty(
        which,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (whole, at, flip, cut) => {
          const changed = cut ? whole.slice(0, at % whole.length) : whole.slice();
          if (!cut) changed[at % whole.length]! ^= flip;
          expect(await judge(changed)).toMatch(/^0x01/);
        },
      ),
      { numRuns: 300 },
    );
    for (const whole of valid) expect(await judge(whole)).toMatch(/^0x00/);
  });

  test('are refused by the node with an error of its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (bytes) => {
        const submitted = chain.request('author_submitExtrinsic', [hex(bytes)]);
        await expect(submitted).rejects.toMatchObject({
          code: 1010,
          data: 'Transaction call is not expected',
        });
        await expect(chain.request('payment_queryInfo', [hex(bytes)])).rejects.toMatchObject({ code: 1 });
      }),
      { numRuns: 100 },
    );
  });
});

describe('requests that are none', () => {
  test('get an error and leave the node as it was', async () => {
    const answers: { error?: { code: number } }[] = [];
    const line = chain.connect((text) => answers.push(JSON.parse(text) as { error?: { code: number } }));
    for (const text of ['', '{', '[]', 'null', '{"method":5}', '{"id":1,"method":"constructor"}'])
      line.send(text);
    line.send('{"id":2,"method":"state_getStorage","params":[7]}');
    line.send('{"id":3,"method":"chain_getBlockHash","params":[-1]}');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(answers.flat().map(({ error }) => error?.code)).toEqual([
      -32700, -32700, -32600, -32600, -32600, -32601, -32602, -32602,
    ]);
    expect(await chain.request('system_health')).toBeTruthy();
  });
});

function length(value: number): number[] {
  return value < 64 ? [value << 2] : [((value << 2) | 1) & 255, value >> 6];
}
