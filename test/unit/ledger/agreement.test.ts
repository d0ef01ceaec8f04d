/** Two nodes of one chain, and what becomes of it when one of them lies: with everything that it says made to fit. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Chain, PaymentClaim, Transfer, TransferOrder } from '../../../core/ledger/index.js';
import { refusal } from '../../support/codes.js';
import { Network, newId, openLocalChain, payer, type LocalChain } from '../../support/local-chain.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';

const UNIT = 100_000_000n;
const [A, B, C] = ['ws://a.example/', 'ws://b.example/', 'ws://c.example/'] as const;
const SUBMIT = 'author_submitAndWatchExtrinsic';
const ada = payer(1);
const bob = payer(2);

let local: LocalChain;
/** A chain that the liar runs: the same genesis, other blocks, headers and proofs that fit them. */
let fork: LocalChain;
let honest: Network;
let alsoHonest: Network;
let liar: Network;

beforeEach(async () => {
  [local, fork] = await Promise.all([openLocalChain(), openLocalChain()]);
  expect(fork.genesis).toBe(local.genesis);
  honest = new Network(local.devchain);
  alsoHonest = new Network(local.devchain);
  liar = new Network(fork.devchain);
  await local.fund(ada.account, { pcx: UNIT, xbtc: UNIT });
});

afterEach(() => {
  local.close();
  fork.close();
});

function order(changes: Partial<TransferOrder> = {}): TransferOrder {
  return { id: newId(), asset: local.xbtc, amount: 12_345n, from: ada.account, to: bob.account, ...changes };
}

/** Pays on one of the two chains. */
async function paidOn(where: LocalChain): Promise<PaymentClaim> {
  if (where === fork) await fork.fund(ada.account, { pcx: UNIT, xbtc: UNIT });
  const chain = await where.client();
  const { id, asset, amount, from, to } = order();
  await chain.transfer({ id, asset, amount, from, to }, ada);
  await waitFor(chain.watchTransfer(id), (transfer) => transfer?.state === 'broadcast');
  await where.newBlocks(3);
  const { block } = (await waitFor(chain.watchTransfer(id), (transfer) => transfer?.state === 'final'))!;
  return { genesis: local.genesis, block: block!.hash, extrinsic: block!.index, asset, amount, from, to };
}

/** From now on the node tells of a chain that is far past a block, and empty from number 2 on. */
function claimTheEnd(network: Network, lastBlock: number): void {
  const end = lastBlock + 10;
  const numbered = (number: number) => `0x${'ff'.repeat(28)}${number.toString(16).padStart(8, '0')}`;
  const header = (number: number) => ({
    number: `0x${number.toString(16)}`,
    parentHash: numbered(number - 1),
  });
  const numberOf = (hash: unknown) =>
    String(hash).startsWith(`0x${'ff'.repeat(28)}`) ? Number(`0x${String(hash).slice(-8)}`) : undefined;
  network.intercept = ({ method, params: [what] }, answer) => {
    const number = numberOf(what);
    const result =
      method === 'chain_getFinalizedHead'
        ? numbered(end)
        : method === 'chain_getBlockHash' && Number(what) > 2
          ? numbered(Number(what))
          : method === 'chain_getHeader' && number
            ? header(number)
            : method === 'chain_getBlock' && number
              ? { block: { header: header(number), extrinsics: [] } }
              : undefined;
    if (result === undefined) return 'pass';
    answer({ result });
    return 'swallow';
  };
}

const isDown = (network: Network) => {
  network.isDown = true;
  network.cut();
};

describe('what is read', () => {
  it('is proven when two nodes agree, and is then what a final block holds', async () => {
    const chain = await local.client(undefined, { [A]: honest, [B]: alsoHonest });
    const balance = await chain.balance(local.xbtc, ada.account);
    expect(balance).toMatchObject({ usable: UNIT, trust: 'proven' });
    expect((await chain.balance(local.pcx, bob.account)).trust).toBe('proven'); // that there is nothing
    expect(honest.countOf('state_getReadProof')).toBe(2);
    expect(honest.countOf('state_getStorage')).toBe(0);
  });

  it('is asserted when there is one node', async () => {
    const chain = await local.client();
    expect(await chain.balance(local.xbtc, ada.account)).toMatchObject({ usable: UNIT, trust: 'asserted' });
    const read = await chain.readStorage('XAssets', 'AssetBalance', ada.account, 1);
    expect(read.trust).toBe('asserted');
    expect(local.network.countOf('state_getReadProof')).toBe(0);
  });

  it('is asserted when there is another that cannot be reached', async () => {
    const chain = await local.client(undefined, { [A]: honest, [B]: alsoHonest });
    isDown(alsoHonest);
    expect((await chain.balance(local.xbtc, ada.account)).trust).toBe('asserted');
  });

  it('may be anything that the chain has stored', async () => {
    const chain = await local.client(undefined, { [A]: honest, [B]: alsoHonest });
    const account = await chain.readStorage('System', 'Account', ada.account);
    expect(account).toMatchObject({ trust: 'proven', value: { nonce: 0, data: { free: UNIT } } });
    const { hash, number } = account.block;
    expect(await local.devchain.request('chain_getBlockHash', [number])).toBe(hash);
    expect(await local.devchain.request('chain_getFinalizedHead')).toBe(hash);
    const assets = await chain.readStorage('XAssets', 'AssetBalance', ada.account, 1);
    expect(assets.value).toEqual([[{ type: 'Usable', value: undefined }, UNIT]]);
    expect(await refusal(() => chain.readStorage('Nothing', 'AtAll'))).toBe('chain-unsupported');
  });

  it('is read from the block that both have final, when one is behind', async () => {
    await local.newBlocks(5);
    const behind = (await local.devchain.request('chain_getBlockHash', [1])) as string;
    alsoHonest.intercept = ({ method }, answer) => {
      if (method !== 'chain_getFinalizedHead') return 'pass';
      answer({ result: behind });
      return 'swallow';
    };
    const chain = await local.client(undefined, { [A]: honest, [B]: alsoHonest });
    const read = await chain.readStorage('System', 'Account', ada.account);
    expect(read).toMatchObject({ trust: 'proven', block: { number: 1, hash: behind } });
  });

  it.each([A, B])('is refused when one of two has forged header and proof together: %s', async (first) => {
    await fork.fund(ada.account, { pcx: UNIT, xbtc: 1_000n * UNIT });
    await fork.newBlocks(3);
    await local.newBlocks(3);
    const networks = first === A ? { [A]: liar, [B]: honest } : { [A]: honest, [B]: liar };
    const chain = await local.client(undefined, networks);
    expect(await refusal(() => chain.balance(local.xbtc, ada.account))).toBe('nodes-disagree');
    expect(await refusal(() => chain.readStorage('System', 'Account', ada.account))).toBe('nodes-disagree');
  });

  it('is read from two that agree when the third lies, whichever is asked first', async () => {
    await fork.fund(ada.account, { pcx: UNIT, xbtc: 1_000n * UNIT });
    for (const networks of [
      { [A]: honest, [B]: liar, [C]: alsoHonest },
      { [A]: liar, [B]: honest, [C]: alsoHonest },
    ]) {
      const chain = await local.client(undefined, networks);
      let seen: unknown;
      await until(() => {
        chain.balance(local.xbtc, ada.account).then(
          (balance) => (seen = balance),
          () => undefined,
        );
        return seen !== undefined;
      });
      expect(seen).toMatchObject({ usable: UNIT, trust: 'proven' });
      chain.close();
    }
  });

  it.each<[string, string, (result: never) => unknown]>([
    ['a proof of another state', 'state_getReadProof', () => ({ proof: ['0x00'] })],
    ['no proof', 'state_getReadProof', () => null],
    ['a proof that is no list', 'state_getReadProof', () => ({ proof: '0x00' })],
    ['a proof that is no hexadecimal', 'state_getReadProof', () => ({ proof: ['zz'] })],
    [
      'a proof with a value changed',
      'state_getReadProof',
      ({ proof }: { proof: string[] }) => ({ proof: proof.map((node) => node.replace(/e1f505/g, 'ffffff')) }),
    ],
    [
      'another state root in the header',
      'chain_getHeader',
      (header: object) => ({ ...header, stateRoot: `0x${'11'.repeat(32)}` }),
    ],
    [
      'another way to read the bytes',
      'state_getMetadata',
      (hex: string) =>
        hex.replace(Buffer.from('Locked').toString('hex'), Buffer.from('Usable').toString('hex')),
    ],
  ])('is refused when the node in use gives %s', async (_, wanted, forge) => {
    honest.intercept = ({ id: __, method, params }, answer) => {
      if (method !== wanted) return 'pass';
      void local.devchain
        .request(method, params)
        .then((result) => answer({ result: forge(result as never) }));
      return 'swallow';
    };
    const chain = await local.client(undefined, { [A]: honest, [B]: alsoHonest });
    expect(await refusal(() => chain.balance(local.xbtc, ada.account))).toBe('nodes-disagree');
  });

  it('may be proven by the other node, when the one in use does not know how', async () => {
    honest.intercept = ({ method }, answer) => {
      if (method !== 'state_getReadProof') return 'pass';
      answer({ error: { code: -32601, message: 'Method not found' } });
      return 'swallow';
    };
    const chain = await local.client(undefined, { [A]: honest, [B]: alsoHonest });
    expect((await chain.balance(local.xbtc, ada.account)).trust).toBe('proven');
  });
});

describe('a balance that is watched', () => {
  it('is asserted as soon as it changes, and proven when it is final', async () => {
    const chain = await local.client(undefined, { [A]: honest, [B]: alsoHonest });
    const watched = chain.watchBalance(local.xbtc, bob.account);
    const seen: string[] = [];
    watched.subscribe((balance) => balance && seen.push(`${balance.usable} ${balance.trust}`));
    await waitFor(watched, (balance) => balance?.trust === 'proven');
    await local.fund(bob.account, { xbtc: 5n });
    await waitFor(watched, (balance) => balance?.usable === 5n);
    await local.newBlocks(1);
    await waitFor(watched, (balance) => balance?.usable === 5n && balance.trust === 'proven');
    expect(seen).toEqual(['0 asserted', '0 proven', '5 asserted', '5 proven']);
  });

  it('is never proven when the other node does not bear it out', async () => {
    await fork.fund(bob.account, { xbtc: 1_000n * UNIT });
    const chain = await local.client(undefined, { [A]: liar, [B]: honest });
    const watched = chain.watchBalance(local.xbtc, bob.account);
    const seen = new Set<string>();
    watched.subscribe((balance) => balance && seen.add(balance.trust));
    await waitFor(watched, (balance) => balance !== undefined);
    for (let blocks = 0; blocks < 5; blocks += 1) {
      const before = honest.countOf('chain_getBlockHash');
      await fork.newBlocks(1);
      await until(() => honest.countOf('chain_getBlockHash') > before);
    }
    expect([...seen]).toEqual(['asserted']);
  });
});

describe('a payment that somebody claims', () => {
  it('is proven when two nodes agree on its block', async () => {
    const claim = await paidOn(local);
    const chain = await local.client(undefined, { [A]: honest, [B]: alsoHonest });
    expect(await chain.verify(claim)).toMatchObject({ paid: true, trust: 'proven' });
    expect(await chain.verify({ ...claim, amount: 1n })).toEqual({ paid: false, why: 'no-such-payment' });
    expect(honest.countOf('state_getStorage')).toBe(0);
  });

  it('is asserted by one node, where no other was named', async () => {
    const claim = await paidOn(local);
    expect(await (await local.client()).verify(claim)).toMatchObject({ paid: true, trust: 'asserted' });
  });

  it.each([
    ['the node in use', A],
    ['the other', B],
  ])('is not believed when it is in the blocks of a liar alone: %s', async (_, where) => {
    const claim = await paidOn(fork);
    const networks = where === A ? { [A]: liar, [B]: honest } : { [A]: honest, [B]: liar };
    await local.newBlocks(3);
    const chain = await local.client(undefined, networks);
    const answer = refusal(() => chain.verify(claim));
    if (where === B) {
      // The node in use never saw the block, and might be behind.
      let isOver = false;
      void answer.finally(() => (isOver = true));
      while (!isOver) {
        const before = honest.countOf('chain_getHeader');
        await local.newBlocks(1);
        await until(() => isOver || honest.countOf('chain_getHeader') > before);
      }
    }
    expect(await answer).toBe('nodes-disagree');
  });

  it('is believed by nobody while the second node is away', async () => {
    const claim = await paidOn(local);
    const chain = await local.client(undefined, { [A]: honest, [B]: alsoHonest });
    isDown(alsoHonest);
    const verdict = chain.verify(claim);
    let isOver = false;
    void verdict.then(() => (isOver = true));
    await until(() => alsoHonest.connections > 1);
    await local.newBlocks(1);
    expect(isOver).toBe(false);
    alsoHonest.isDown = false;
    while (!isOver) {
      const before = honest.countOf('chain_getFinalizedHead');
      await local.newBlocks(1);
      await until(() => isOver || honest.countOf('chain_getFinalizedHead') > before);
    }
    expect(await verdict).toMatchObject({ paid: true, trust: 'proven' });
  });

  it('is too old when both nodes have forgotten its block', async () => {
    local.close();
    local = await openLocalChain({ keptStates: 3 });
    honest = new Network(local.devchain);
    alsoHonest = new Network(local.devchain);
    await local.fund(ada.account, { pcx: UNIT, xbtc: UNIT });
    const claim = await paidOn(local);
    await local.newBlocks(10);
    const chain = await local.client(undefined, { [A]: honest, [B]: alsoHonest });
    expect(await refusal(() => chain.verify(claim))).toBe('block-too-old');
  });
});

describe('a transfer of one’s own', () => {
  let chain: Chain;
  const reaches = (id: string, state: Transfer['state']) =>
    waitFor(chain.watchTransfer(id), (transfer) => transfer?.state === state);

  it('comes to its end by proof', async () => {
    chain = await local.client(undefined, { [A]: honest, [B]: alsoHonest });
    const wanted = order();
    await chain.transfer(wanted, ada);
    await reaches(wanted.id, 'broadcast');
    await local.newBlocks(1);
    await reaches(wanted.id, 'in-block');
    await local.newBlocks(2);
    expect(await reaches(wanted.id, 'final')).toMatchObject({ trust: 'proven' });
    expect(honest.countOf('state_getReadProof')).toBeGreaterThan(0);
  });

  it('has not expired because one node says that its time is over', async () => {
    const lying = new Network(local.devchain);
    chain = await local.client(undefined, { [A]: lying, [B]: honest });
    const wanted = order();
    const { lastBlock } = await chain.transfer(wanted, ada);
    await reaches(wanted.id, 'broadcast');
    claimTheEnd(lying, lastBlock);
    const asked = honest.countOf('chain_getFinalizedHead');
    await local.newBlocks(3);
    await until(() => honest.countOf('chain_getFinalizedHead') > asked);
    expect(await refusal(() => chain.balance(local.xbtc, bob.account))).toBe('nodes-disagree');
    expect(chain.watchTransfer(wanted.id).value?.state).toBe('broadcast');
    lying.intercept = () => 'pass';
    await local.newBlocks(1);
    await reaches(wanted.id, 'final');
    expect((await chain.balance(local.xbtc, bob.account)).usable).toBe(12_345n);
  });

  it('has not failed because one node says so', async () => {
    const lying = new Network(local.devchain);
    chain = await local.client(undefined, { [A]: lying, [B]: honest });
    const failing = order({ amount: UNIT });
    const first = order({ amount: UNIT, to: payer(3).account });
    const elsewhere = await local.client();
    await elsewhere.transfer(first, ada);
    await waitFor(elsewhere.watchTransfer(first.id), (transfer) => transfer?.state === 'broadcast');
    isDown(honest);
    await chain.transfer(failing, ada);
    await reaches(failing.id, 'broadcast');
    await local.newBlocks(3);
    await waitFor(
      chain.watchTransfer(failing.id),
      (transfer) => transfer?.problem === 'insufficient-balance',
    );
    expect(chain.watchTransfer(failing.id).value?.state).toBe('in-block');
    honest.isDown = false;
    // Now there are two who say so.
    for (
      let state: string | undefined;
      state !== 'failed';
      state = chain.watchTransfer(failing.id).value?.state
    ) {
      const before = lying.countOf('chain_getFinalizedHead');
      await local.newBlocks(1);
      await until(() => lying.countOf('chain_getFinalizedHead') > before);
    }
  });

  it('expires when two nodes agree that no block holds it', async () => {
    for (const network of [honest, alsoHonest]) {
      network.intercept = ({ method }, answer) => {
        if (method !== SUBMIT) return 'pass';
        answer({ error: { code: 1016, message: 'Immediately Dropped' } });
        return 'swallow';
      };
    }
    chain = await local.client(undefined, { [A]: honest, [B]: alsoHonest });
    const wanted = order();
    const { lastBlock } = await chain.transfer(wanted, ada);
    await until(() => honest.countOf(SUBMIT) > 0);
    await local.newBlocks(lastBlock + 3);
    await reaches(wanted.id, 'expired');
    expect(alsoHonest.countOf('chain_getBlock')).toBe(63);
    honest.intercept = () => 'pass';
    expect(await chain.transfer(wanted, ada)).toMatchObject({ state: 'signed', nonce: 0 });
  });

  it('is not paid twice when the only node lies about its end', async () => {
    chain = await local.client();
    const wanted = order();
    const { lastBlock } = await chain.transfer(wanted, ada);
    await reaches(wanted.id, 'broadcast');
    claimTheEnd(local.network, lastBlock);
    await local.newBlocks(3);
    await reaches(wanted.id, 'expired');
    expect(await chain.transfer(wanted, ada)).toMatchObject({ nonce: 0 });
    await reaches(wanted.id, 'failed');
    await local.newBlocks(3);
    const honestly = await local.client(undefined, { [A]: honest, [B]: alsoHonest });
    expect((await honestly.balance(local.xbtc, bob.account)).usable).toBe(12_345n);
  });
});
