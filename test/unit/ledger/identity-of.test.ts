/** An account's on-chain identity, read as everything that anchors keys would read it: by proof, or as one node's word. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Chain } from '../../../core/ledger/index.js';
import { alice, bob, hex, signed } from '../../../devchain/test/extrinsics.js';
import { refusal } from '../../support/codes.js';
import { Network, openLocalChain, type LocalChain } from '../../support/local-chain.js';

const [A, B] = ['ws://a.example/', 'ws://b.example/'] as const;
const KEY = new Uint8Array(32).fill(0xab);
const FORGED = new Uint8Array(32).fill(0xcd);
const NAME = 'coming';

let local: LocalChain;
let fork: LocalChain;
let honest: Network;
let alsoHonest: Network;
let liar: Network;

/** `identity.setIdentity` with one pair; each `Data::Raw` begins with its length and one. */
function setIdentity(key: Uint8Array): Uint8Array {
  const name = [NAME.length + 1, ...new TextEncoder().encode(NAME)];
  const otherFields = new Uint8Array(8);
  return Uint8Array.of(21, 1, 1 << 2, ...name, key.length + 1, ...key, ...otherFields);
}

async function say(where: LocalChain, key: Uint8Array): Promise<void> {
  await where.devchain.request('author_submitExtrinsic', [
    hex(signed(where.devchain, alice, setIdentity(key))),
  ]);
  await where.newBlocks(3);
}

const read = (chain: Chain, who = alice.addressRaw) => chain.readStorage('Identity', 'IdentityOf', who);

const holding = (key: Uint8Array) => ({
  deposit: 12_500_000n,
  info: {
    additional: [
      [
        { type: `Raw${NAME.length}`, value: hex(new TextEncoder().encode(NAME)) },
        { type: 'Raw32', value: hex(key) },
      ],
    ],
    display: { type: 'None' },
  },
});

beforeEach(async () => {
  [local, fork] = await Promise.all([openLocalChain(), openLocalChain()]);
  honest = new Network(local.devchain);
  alsoHonest = new Network(local.devchain);
  liar = new Network(fork.devchain);
  await say(local, KEY);
});

afterEach(() => {
  local.close();
  fork.close();
});

it('is proven when two nodes agree on the block, and so is that there is none', async () => {
  const chain = await local.client(undefined, { [A]: honest, [B]: alsoHonest });
  const found = await read(chain);
  expect(found).toMatchObject({ trust: 'proven', value: holding(KEY) });
  expect(found.block.hash).toBe(await local.devchain.request('chain_getFinalizedHead'));
  expect(await read(chain, bob.addressRaw)).toMatchObject({ trust: 'proven', value: undefined });
  expect(honest.countOf('state_getReadProof')).toBeGreaterThan(0);
});

it.each([A, B])('is refused when one of two forged block, header and proof together: %s', async (first) => {
  await say(fork, FORGED);
  const networks = first === A ? { [A]: liar, [B]: honest } : { [A]: honest, [B]: liar };
  const chain = await local.client(undefined, networks);
  expect(await refusal(() => read(chain))).toBe('nodes-disagree');
});

it('is refused when the proof does not lead to the value, although both have the block', async () => {
  honest.intercept = ({ method }, answer) => {
    if (method !== 'state_getReadProof') return 'pass';
    void local.devchain.request('state_getReadProof', [[], null]).then((proof) => answer({ result: proof }));
    return 'swallow';
  };
  const chain = await local.client(undefined, { [A]: honest, [B]: alsoHonest });
  expect(await refusal(() => read(chain))).toBe('nodes-disagree');
});

it('is the word of one node when there is only one, also when that one lies', async () => {
  await say(fork, FORGED);
  const believed = await local.client(undefined, { [A]: honest });
  expect(await read(believed)).toMatchObject({ trust: 'asserted', value: holding(KEY) });
  const deceived = await local.client(undefined, { [A]: liar });
  expect(await read(deceived)).toMatchObject({ trust: 'asserted', value: holding(FORGED) });
});
