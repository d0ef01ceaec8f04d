import { decodeProof, destroyWorker } from '@acala-network/chopsticks-core';
import { afterAll, describe, expect, test } from 'vitest';
import type { Devchain } from '../src/devchain.js';
import { alice, bob, call, hex, signed, stranger } from './extrinsics.js';
import { accountKey, item, open } from './reading.js';

type Hex = `0x${string}`;

afterAll(() => destroyWorker());

async function prove(chain: Devchain, keys: readonly string[], at: string) {
  const { proof, ...rest } = (await chain.request('state_getReadProof', [keys, at])) as {
    at: string;
    proof: Hex[];
  };
  expect(rest).toEqual({ at });
  const { stateRoot } = (await chain.request('chain_getHeader', [at])) as { stateRoot: Hex };
  return { proof, stateRoot };
}

describe('a read proof', () => {
  test("shows a verifier that is not ours the values, under the header's state root", async () => {
    const { chain, submit } = await open();
    await submit(signed(chain, alice, call.transfer(bob.addressRaw, 5n)));
    const { hash } = (await chain.request('dev_newBlock')) as { hash: string };
    const keys = [accountKey(alice.addressRaw), accountKey(bob.addressRaw), item('System', 'Number')].map(
      hex,
    );
    const { proof, stateRoot } = await prove(chain, keys, hash);
    const shown = await decodeProof(stateRoot, proof);
    for (const key of keys) {
      expect(shown[key as Hex]).toBe(await chain.request('state_getStorage', [key, hash]));
    }
  });

  test('shows nothing under the root of another block', async () => {
    const { chain } = await open();
    const { hash } = (await chain.request('dev_newBlock')) as { hash: string };
    const { proof } = await prove(chain, [hex(accountKey(alice.addressRaw))], hash);
    const { stateRoot } = (await chain.request('chain_getHeader', [chain.genesisHash])) as { stateRoot: Hex };
    expect(await decodeProof(stateRoot, proof)).toEqual({});
  });

  test('of a key that is not there holds no value for it', async () => {
    const { chain } = await open();
    const absent = hex(accountKey(stranger.addressRaw));
    const { proof, stateRoot } = await prove(chain, [absent], chain.genesisHash);
    expect(proof.length).toBeGreaterThan(1);
    expect(Object.keys(await decodeProof(stateRoot, proof))).not.toContain(absent);
  });

  test('holds each node once, and only of the block that was asked for', async () => {
    const { chain } = await open();
    const keys = [alice, bob].map(({ addressRaw }) => hex(accountKey(addressRaw)));
    const { proof } = await prove(chain, [...keys, ...keys], chain.genesisHash);
    expect(new Set(proof).size).toBe(proof.length);
    await expect(chain.request('state_getReadProof', [keys, `0x${'00'.repeat(32)}`])).rejects.toMatchObject({
      code: 4003,
    });
  });
});
