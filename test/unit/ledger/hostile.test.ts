/** A node that answers whatever it likes: nothing but a code comes of it, nothing hangs, and nothing wrong is signed. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ComingError } from '../../../core/errors.js';
import type { Chain, Transfer, TransferOrder } from '../../../core/ledger/index.js';
import { newId, openLocalChain, payer, type LocalChain } from '../../support/local-chain.js';
import { until } from '../../support/until.js';

const UNIT = 100_000_000n;
const ada = payer(1);
const bob = payer(2);

let local: LocalChain;
let chain: Chain;
let paid: Transfer;

beforeEach(async () => {
  local = await openLocalChain();
  await local.fund(ada.account, { pcx: UNIT, xbtc: UNIT });
  chain = await local.client();
  const wanted = order();
  await chain.transfer(wanted, ada);
  await until(() => chain.watchTransfer(wanted.id).value?.state === 'broadcast');
  await local.newBlocks(3);
  await until(() => chain.watchTransfer(wanted.id).value?.state === 'final');
  paid = chain.watchTransfer(wanted.id).value!;
});

afterEach(() => local.close());

const order = (): TransferOrder => ({
  id: newId(),
  asset: local.xbtc,
  amount: 777n,
  from: ada.account,
  to: bob.account,
});

const claim = () => ({
  genesis: local.genesis,
  block: paid.block!.hash,
  extrinsic: paid.block!.index,
  asset: local.xbtc,
  amount: 777n,
  from: ada.account,
  to: bob.account,
});

/** Everything that a client asks a node for, by what asks for it. */
const WORK: Readonly<Record<string, () => Promise<unknown>>> = {
  balance: () => chain.balance(local.xbtc, bob.account),
  storage: () => chain.readStorage('System', 'Account', ada.account),
  fee: () => chain.estimateFee(order(), 'ed25519'),
  lookup: () => chain.findTransaction(paid.hash!, paid),
  claim: () => chain.verify(claim(), AbortSignal.timeout(50)),
  transfer: () => chain.transfer(order(), ada),
};

const ASKED = [
  'state_getStorage',
  'state_getMetadata',
  'state_getRuntimeVersion',
  'state_call',
  'state_queryStorageAt',
  'chain_getHeader',
  'chain_getBlock',
  'chain_getBlockHash',
  'chain_getFinalizedHead',
  'chain_subscribeFinalizedHeads',
  'payment_queryInfo',
  'system_accountNextIndex',
  'author_submitAndWatchExtrinsic',
];

const big = `0x${'ff'.repeat(40)}`;
const ODDITIES: readonly unknown[] = [
  ...[
    null,
    true,
    -1,
    0,
    0.5,
    2 ** 32,
    2 ** 53,
    1e308,
    '',
    '0x',
    '0x0',
    '0xzz',
    big,
    [],
    {},
    [[]],
    [null],
    [[null, null]],
  ],
  { number: big, parentHash: big },
  { number: '0xffffffffffff', parentHash: `0x${'00'.repeat(32)}` },
  { number: '-0x1', parentHash: '' },
  { number: -5, parentHash: '' },
  { block: null },
  { block: { header: null, extrinsics: null } },
  { block: { header: { number: '0x1', parentHash: '0x' }, extrinsics: [1, null, {}] } },
  { specName: 1, specVersion: 'a', transactionVersion: -1 },
  { specName: 'chainx', specVersion: 2 ** 40, transactionVersion: 7 },
  { specName: 'chainx', specVersion: -34, transactionVersion: 0.7 },
  { partialFee: '-1' },
  { partialFee: '1e9' },
  // Lists of very many events, none of which is there.
  '0x02093d00',
  '0x03ffffffff',
];
const anything = fc.oneof(
  fc.jsonValue(),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`),
);

/** What comes of work while a node answers one question so: nothing but a code, or what was asked for. */
async function comesOf(work: () => Promise<unknown>, method: string, answer: unknown): Promise<void> {
  local.network.intercept = (request, respond) => {
    if (request.method !== method) return 'pass';
    respond({ result: answer });
    return 'swallow';
  };
  try {
    await work();
  } catch (error) {
    const isTimeout = error instanceof DOMException && error.name === 'TimeoutError';
    const what = `${method} answered ${JSON.stringify(answer)}: ${String((error as Error).stack)}`;
    expect(error instanceof ComingError || isTimeout, what).toBe(true);
  } finally {
    local.network.intercept = () => 'pass';
  }
}

describe('whatever a node answers', () => {
  it.each(Object.keys(WORK))(
    '%s: is given, or there is a code that says why not',
    async (name) => {
      for (const method of ASKED) {
        for (const answer of ODDITIES) await comesOf(WORK[name]!, method, answer);
      }
      const lies = fc.record({ method: fc.constantFrom(...ASKED), answer: anything });
      await fc.assert(
        fc.asyncProperty(lies, ({ method, answer }) => comesOf(WORK[name]!, method, answer)),
        { numRuns: 60 },
      );
      // Some four hundred lies, one after the other.
    },
    120_000,
  );
});

describe('metadata that was tampered with', () => {
  it('is read as it says, or refused with a code, whatever is asked by it', async () => {
    const whole = Buffer.from(String(await local.devchain.request('state_getMetadata')).slice(2), 'hex');
    const change = fc.record({
      at: fc.nat(whole.length - 1),
      flip: fc.integer({ min: 1, max: 255 }),
      cut: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        let metadata = Buffer.from(whole);
        for (const { at, flip, cut } of changes) {
          if (cut) metadata = metadata.subarray(0, Math.max(at, 1));
          else if (at < metadata.length) metadata[at]! ^= flip;
        }
        const honest = chain;
        chain = await local.client();
        for (const name of ['balance', 'storage', 'claim', 'fee']) {
          await comesOf(WORK[name]!, 'state_getMetadata', `0x${metadata.toString('hex')}`);
        }
        chain.close();
        chain = honest;
      }),
      { numRuns: 60 },
    );
  });
});

it('metadata that names a type that is not there is refused with a code, once the type is needed', async () => {
  const metadata = String(await local.devchain.request('state_getMetadata'));
  // The item of storage, which is required, plain, and of a type whose number takes two bytes.
  const events = `${Buffer.from('Events').toString('hex')}0100`;
  const at = metadata.indexOf(events) + events.length;
  const bent = `${metadata.slice(0, at)}fdff${metadata.slice(at + 4)}`;
  expect(at).toBeGreaterThan(events.length);
  chain = await local.client();
  local.network.intercept = (request, respond) => {
    if (request.method !== 'state_getMetadata') return 'pass';
    respond({ result: bent });
    return 'swallow';
  };
  await expect(chain.readStorage('System', 'Events')).rejects.toMatchObject({ code: 'chain-unsupported' });
  chain.close();
});

describe('what a node says without being asked', () => {
  /** Says it on every connection that asks for anything. */
  async function say(...frames: readonly object[]): Promise<void> {
    local.network.intercept = (_, respond) => {
      for (const frame of frames) respond({ id: undefined, ...frame });
      return 'pass';
    };
    await chain.balance(local.xbtc, bob.account);
    local.network.intercept = () => 'pass';
  }

  it('of subscriptions that nobody has, or in frames that are none, changes nothing', async () => {
    const wanted = order();
    await chain.transfer(wanted, ada);
    await until(() => chain.watchTransfer(wanted.id).value?.state === 'broadcast');
    const statuses = [
      { finalized: 5 },
      { inBlock: null },
      'invalid',
      'usurped',
      { retracted: {} },
      null,
      7,
      [],
    ];
    const subscriptions = ['1', '2', '3', '4', '5', '6', 'x', 0, null, {}];
    await say(
      ...subscriptions.flatMap((subscription) =>
        statuses.map((result) => ({ params: { subscription, result } })),
      ),
      { params: 'text' },
      { id: 'x', result: 1 },
      { id: 10 ** 9, result: 1 },
      { id: -1, error: null },
      { error: { code: 'x', message: {}, data: [] } },
    );
    expect(chain.watchTransfer(wanted.id).value).toMatchObject({ state: 'broadcast', problem: undefined });
    await local.newBlocks(3);
    await until(() => chain.watchTransfer(wanted.id).value?.state === 'final');
  });

  it('about finality going back, changes nothing about what is final', async () => {
    const wanted = order();
    await chain.transfer(wanted, ada);
    await until(() => chain.watchTransfer(wanted.id).value?.state === 'broadcast');
    await local.newBlocks(3);
    await until(() => chain.watchTransfer(wanted.id).value?.state === 'final');
    const done = chain.watchTransfer(wanted.id).value;
    local.network.intercept = ({ method }, respond) => {
      if (method !== 'chain_getFinalizedHead') return 'pass';
      respond({ result: local.genesis });
      return 'swallow';
    };
    const next = order();
    await chain.transfer(next, ada);
    await until(() => chain.watchTransfer(next.id).value?.state === 'broadcast');
    await local.newBlocks(5);
    await until(() => chain.watchTransfer(next.id).value?.state === 'in-block');
    expect(chain.watchTransfer(wanted.id).value).toEqual(done);
    expect(await chain.transfer(wanted, ada)).toMatchObject({ state: 'final', hash: done!.hash });
    local.network.intercept = () => 'pass';
    await local.newBlocks(1);
    await until(() => chain.watchTransfer(next.id).value?.state === 'final');
  });
});
