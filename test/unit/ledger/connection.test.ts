import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startDevchain } from '../../../devchain/src/node/server.js';
import { encodeAddress } from '../../../core/identity/index.js';
import {
  openChain,
  xbtcOn,
  type Balance,
  type Chain,
  type ChainSocketConstructor,
} from '../../../core/ledger/index.js';
import { codeOf } from '../../../core/errors.js';
import { MemoryDatabase } from '../../../core/store/index.js';
import { refusal } from '../../support/codes.js';
import { newId, openLocalChain, payer, type LocalChain } from '../../support/local-chain.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';

const UNIT = 100_000_000n;
const ada = payer(1);
const bob = payer(2);
const OTHER_GENESIS = `0x${'ab'.repeat(32)}`;

async function ownedDatabase(): Promise<MemoryDatabase> {
  const database = new MemoryDatabase();
  await database.takeOwnership();
  return database;
}

describe('a connection', () => {
  let local: LocalChain;

  beforeEach(async () => {
    local = await openLocalChain();
    await local.fund(ada.account, { pcx: UNIT, xbtc: UNIT });
  });

  afterEach(() => local.close());

  const open = async (options: {
    genesis?: string;
    endpoints?: string[];
    webSocket?: ChainSocketConstructor;
  }) =>
    openChain({
      endpoints: ['ws://in.process'],
      genesis: local.genesis,
      database: await ownedDatabase(),
      webSocket: local.network.socketClass(),
      ...options,
    });

  it('is refused when the chain is another one', async () => {
    const chain = await open({ genesis: OTHER_GENESIS });
    await waitFor(chain.state, (state) => state === 'wrong-chain');
    expect(await refusal(() => chain.balance(xbtcOn(OTHER_GENESIS), ada.account))).toBe('wrong-chain');
    expect(local.network.countOf('state_getMetadata')).toBe(0);
    chain.close();
    expect(chain.state.value).toBe('closed');
    expect(await refusal(() => chain.balance(xbtcOn(OTHER_GENESIS), ada.account))).toBe('closed');
  });

  it('waits with a question while it is being made', async () => {
    const chain = await open({});
    expect(chain.state.value).toBe('connecting');
    expect((await chain.balance(local.xbtc, ada.account)).usable).toBe(UNIT);
    chain.close();
  });

  it('is made again by itself, and reads the metadata once', async () => {
    const chain = await open({});
    await chain.balance(local.xbtc, ada.account);
    for (let falls = 0; falls < 2; falls += 1) {
      local.network.cut();
      await waitFor(chain.state, (state) => state === 'offline');
      await waitFor(chain.state, (state) => state === 'online');
    }
    await chain.balance(local.xbtc, ada.account);
    expect(local.network.countOf('state_getMetadata')).toBe(1);
    chain.close();
  });

  it.each([
    ['no JSON', 'nothing'],
    ['JSON that is no object', '7'],
    ['null', 'null'],
  ])('falls when the node speaks %s', async (_, text) => {
    let socket: { onmessage: ((event: never) => void) | null } | undefined;
    const Working = local.network.socketClass();
    const webSocket = function (url: string) {
      socket = new Working(url);
      return socket;
    } as unknown as ChainSocketConstructor;
    const chain = await open({ webSocket });
    await waitFor(chain.state, (state) => state === 'online');
    socket?.onmessage?.({ data: text } as never);
    expect(chain.state.value).toBe('offline');
    chain.close();
  });

  it('takes no harm from what nobody asked for', async () => {
    let socket: { onmessage: ((event: never) => void) | null } | undefined;
    const Working = local.network.socketClass();
    const webSocket = function (url: string) {
      socket = new Working(url);
      return socket;
    } as unknown as ChainSocketConstructor;
    const chain = await open({ webSocket });
    await waitFor(chain.state, (state) => state === 'online');
    for (let i = 0; i < 1000; i += 1) {
      const text = JSON.stringify({ jsonrpc: '2.0', method: 'x', params: { subscription: i, result: i } });
      socket?.onmessage?.({ data: text } as never);
      socket?.onmessage?.({ data: JSON.stringify({ id: 999_000 + i, result: i }) } as never);
      socket?.onmessage?.({ data: '{}' } as never);
    }
    expect((await chain.balance(local.xbtc, ada.account)).usable).toBe(UNIT);
    chain.close();
  });

  it('asks for a fee in another way where the node does not run calls', async () => {
    const order = { id: newId(), asset: local.xbtc, amount: 1n, from: ada.account, to: bob.account };
    const chain = await open({});
    const fee = await chain.estimateFee(order, 'ed25519');
    local.network.intercept = ({ method }, answer) => {
      if (method !== 'state_call') return 'pass';
      answer({ error: { code: -32601, message: 'Method not found' } });
      return 'swallow';
    };
    expect(await chain.estimateFee(order, 'ed25519')).toBe(fee);
    expect(local.network.countOf('payment_queryInfo')).toBe(1);
    local.network.intercept = ({ method }, answer) => {
      if (method !== 'state_call' && method !== 'payment_queryInfo') return 'pass';
      answer({ error: { code: -32601, message: 'Method not found' } });
      return 'swallow';
    };
    expect(await refusal(() => chain.estimateFee(order, 'ed25519'))).toBe('chain-unsupported');
    chain.close();
  });
});

describe('a node that answers nonsense', () => {
  let local: LocalChain;

  beforeEach(async () => {
    local = await openLocalChain();
    await local.fund(ada.account, { pcx: UNIT, xbtc: UNIT });
  });

  afterEach(() => local.close());

  const METHODS = [
    ...['state_getRuntimeVersion', 'state_getMetadata', 'chain_getFinalizedHead', 'chain_getHeader'],
    ...['system_accountNextIndex', 'state_call', 'state_getStorage'],
  ];
  const NONSENSE: object[] = [
    ...[null, 1.5, 'x', '0x', '0xff', {}, []].map((result) => ({ result })),
    {},
    ...[{ code: -32603, message: 'Internal error' }, {}, 'x'].map((error) => ({ error })),
  ];

  it.each(METHODS)('to %s: nothing is signed, and the refusal has a code', async (method) => {
    for (const nonsense of NONSENSE) {
      const chain = await local.client();
      local.network.intercept = (request, answer) => {
        if (request.method !== method) return 'pass';
        answer(nonsense);
        return 'swallow';
      };
      // A balance that is nothing, for one, is no nonsense, and the fee has a second source.
      const order = { id: newId(), asset: local.xbtc, amount: 1n, from: ada.account, to: bob.account };
      const ended = await chain.transfer(order, ada).then(
        () => 'signed',
        (error: unknown) => codeOf(error),
      );
      expect(['chain-unreachable', 'chain-unsupported', 'insufficient-balance', 'signed']).toContain(ended);
      if (ended === 'signed') expect(method).toMatch(/state_call|chain_getHeader/);
      chain.close();
    }
  });
});

describe('a watched balance', () => {
  let local: LocalChain;
  let chain: Chain;

  beforeEach(async () => {
    local = await openLocalChain();
    chain = await local.client();
  });

  afterEach(() => local.close());

  it.each(['xbtc', 'pcx'] as const)('of %s follows the chain, through lost connections too', async (kind) => {
    const watched = chain.watchBalance(local[kind], ada.account);
    const seen: (bigint | undefined)[] = [];
    const stop = watched.subscribe((balance) => seen.push(balance?.usable));
    await waitFor(watched, (balance) => balance?.usable === 0n);
    await local.fund(ada.account, { [kind]: 5n });
    await waitFor(watched, (balance) => balance?.usable === 5n);
    local.network.cut();
    await waitFor(chain.state, (state) => state === 'offline');
    await local.fund(ada.account, { [kind]: 7n });
    await waitFor(watched, (balance) => balance?.usable === 12n);
    await local.fund(ada.account, { [kind]: 1n });
    await waitFor(watched, (balance) => balance?.usable === 13n);
    stop();
    expect(seen.filter((usable, i) => i === 0 || usable !== seen[i - 1])).toEqual([
      undefined,
      0n,
      5n,
      12n,
      13n,
    ]);
  });

  it('asks for nothing until somebody listens, and stops when nobody does', async () => {
    const watched = chain.watchBalance(local.xbtc, ada.account);
    await waitFor(chain.state, (state) => state === 'online');
    expect(watched.value).toBeUndefined();
    expect(local.network.countOf('state_subscribeStorage')).toBe(0);
    await waitFor(watched, (balance) => balance !== undefined);
    await until(() => local.network.countOf('state_unsubscribeStorage') === 1);
    // And begins again with the next listener.
    await local.fund(ada.account, { xbtc: 3n });
    await waitFor(watched, (balance: Balance | undefined) => balance?.usable === 3n);
  });
});

describe('a node that is restarted', () => {
  it('between broadcast and block: the same bytes go out again, and pay once', async () => {
    const data = mkdtempSync(join(tmpdir(), 'ledger-'));
    const rich = { address: encodeAddress(ada.account, 42), pcx: UNIT, xbtc: UNIT };
    const options = { data, blockTime: 'manual', genesis: { accounts: [rich] } } as const;
    let running = await startDevchain({ ...options, port: 0 });
    const { port, url } = running;
    const genesis = running.chain.genesisHash;
    const chain = await openChain({
      endpoints: [url],
      genesis,
      database: await ownedDatabase(),
      webSocket: WebSocket,
    });
    try {
      const order = { id: newId(), asset: xbtcOn(genesis), amount: 777n, from: ada.account, to: bob.account };
      await chain.transfer(order, ada);
      const watched = chain.watchTransfer(order.id);
      await waitFor(watched, (transfer) => transfer?.state === 'broadcast');
      const pending = await running.chain.request('author_pendingExtrinsics');
      await running.close();
      await waitFor(chain.state, (state) => state === 'offline');
      running = await startDevchain({ ...options, port });
      expect(await running.chain.request('author_pendingExtrinsics')).toEqual([]);
      await waitFor(chain.state, (state) => state === 'online');
      let again: unknown = [];
      await until(() => {
        void running.chain.request('author_pendingExtrinsics').then((waiting) => (again = waiting));
        return (again as unknown[]).length > 0;
      });
      expect(again).toEqual(pending);
      for (let blocks = 0; blocks < 3; blocks += 1) await running.chain.request('dev_newBlock');
      await waitFor(watched, (transfer) => transfer?.state === 'final');
      expect((await chain.balance(order.asset, bob.account)).usable).toBe(777n);
    } finally {
      chain.close();
      await running.close();
      rmSync(data, { recursive: true });
    }
  });
});
