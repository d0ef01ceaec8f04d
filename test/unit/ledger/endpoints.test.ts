/** Several nodes of one chain: one is used at a time, and the next one when it is not fit for use. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openChain, type ChainSocketConstructor } from '../../../core/ledger/index.js';
import { parseEndpoints } from '../../../core/ledger/substrate/endpoints.js';
import { MemoryDatabase } from '../../../core/store/index.js';
import { Network, newId, openLocalChain, payer, type LocalChain } from '../../support/local-chain.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';

const UNIT = 100_000_000n;
const [A, B, C] = ['ws://a.example/', 'ws://b.example/', 'ws://c.example/'] as const;
const ada = payer(1);
const bob = payer(2);

describe('the addresses of nodes', () => {
  it('are WebSocket addresses, written in the one way', () => {
    expect(parseEndpoints(['WSS://Node.Example', 'ws://127.0.0.1:9944/rpc?key=1'])).toEqual([
      'wss://node.example/',
      'ws://127.0.0.1:9944/rpc?key=1',
    ]);
  });

  it.each([
    ['none', []],
    ['a word', ['node']],
    ['nothing', ['']],
    ['two in one', ['wss://a.example wss://b.example']],
    ['a web address', ['https://a.example']],
    ['a script', ['javascript:alert(1)']],
    ['a name and a password', ['wss://ada:secret@a.example']],
    ['a fragment', ['wss://a.example/#x']],
    ['one host twice', ['wss://a.example/one', 'wss://a.example/two']],
  ])('are refused: %s', async (_, endpoints) => {
    expect(() => parseEndpoints(endpoints)).toThrow(RangeError);
    const database = new MemoryDatabase();
    await expect(openChain({ endpoints, genesis: `0x${'11'.repeat(32)}`, database })).rejects.toThrow(
      RangeError,
    );
  });
});

describe('of several nodes', () => {
  let local: LocalChain;
  let networks: Record<typeof A | typeof B | typeof C, Network>;
  const tried = () => Object.values(networks).map(({ connections }) => connections);

  beforeEach(async () => {
    local = await openLocalChain();
    networks = {
      [A]: new Network(local.devchain),
      [B]: new Network(local.devchain),
      [C]: new Network(local.devchain),
    };
    await local.fund(ada.account, { pcx: UNIT, xbtc: UNIT });
  });

  afterEach(() => {
    vi.useRealTimers();
    local.close();
  });

  const client = () => local.client(undefined, networks);
  const asksFor = (network: Network, method: string, answer: object | 'silence') => {
    network.intercept = (request, reply) => {
      if (request.method !== method) return 'pass';
      if (answer !== 'silence') reply(answer);
      return 'swallow';
    };
  };

  it('one is connected to', async () => {
    const chain = await client();
    await waitFor(chain.state, (state) => state === 'online');
    expect(tried()).toEqual([1, 0, 0]);
  });

  it('one that is away is left for the next at once, and a question waits so long', async () => {
    networks[A].isDown = networks[B].isDown = true;
    const chain = await client();
    const states: string[] = [];
    chain.state.subscribe((state) => states.push(state));
    expect((await chain.balance(local.xbtc, bob.account)).usable).toBe(0n);
    expect(states).toEqual(['connecting', 'online']);
    expect(tried()[2]).toBe(1);
  });

  it('one of another chain is left', async () => {
    asksFor(networks[A], 'chain_getBlockHash', { result: `0x${'ab'.repeat(32)}` });
    const chain = await client();
    await waitFor(chain.state, (state) => state === 'online');
    expect(tried()).toEqual([1, 1, 0]);
  });

  it('all of another chain: that is what is said', async () => {
    for (const network of Object.values(networks)) {
      asksFor(network, 'chain_getBlockHash', { result: `0x${'ab'.repeat(32)}` });
    }
    const chain = await client();
    await waitFor(chain.state, (state) => state === 'wrong-chain');
    expect(tried()).toEqual([1, 1, 1]);
  });

  it('one that takes the connection and never answers is given up', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    networks[A].intercept = () => 'swallow';
    const chain = await client();
    await vi.advanceTimersByTimeAsync(7_900);
    expect(chain.state.value).toBe('connecting');
    await vi.advanceTimersByTimeAsync(300);
    expect(chain.state.value).toBe('online');
    expect(tried()).toEqual([1, 1, 0]);
  });

  it('one that falls silent later is given up too', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const chain = await client();
    await vi.advanceTimersByTimeAsync(100);
    expect(chain.state.value).toBe('online');
    networks[A].intercept = () => 'swallow';
    await vi.advanceTimersByTimeAsync(60_000);
    expect(tried()).toEqual([1, 1, 0]);
    expect(chain.state.value).toBe('online');
  });

  it('one that says it is syncing is passed over', async () => {
    asksFor(networks[A], 'system_health', { result: { peers: 3, isSyncing: true, shouldHavePeers: true } });
    const chain = await client();
    await waitFor(chain.state, (state) => state === 'online');
    expect(tried()).toEqual([1, 1, 0]);
  });

  it('one that is far behind the one before is passed over', async () => {
    await local.newBlocks(30);
    const chain = await client();
    await waitFor(chain.state, (state) => state === 'online');
    asksFor(networks[B], 'chain_getHeader', {
      result: { number: '0x2', parentHash: `0x${'00'.repeat(32)}` },
    });
    networks[A].isDown = true;
    networks[A].cut();
    await until(() => tried()[2] === 1);
    await waitFor(chain.state, (state) => state === 'online');
    expect(tried()).toEqual([1, 1, 1]);
  });

  it('those that are behind are better than none', async () => {
    for (const network of Object.values(networks)) {
      asksFor(network, 'system_health', { result: { isSyncing: true } });
    }
    const chain = await client();
    await waitFor(chain.state, (state) => state === 'offline');
    await waitFor(chain.state, (state) => state === 'online');
  });

  it('one whose chain stands still is left for another', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const chain = await client();
    await vi.advanceTimersByTimeAsync(100);
    await vi.advanceTimersByTimeAsync(100_000);
    await local.newBlocks(1);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(tried()).toEqual([1, 0, 0]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(tried()).toEqual([1, 1, 0]);
    expect(chain.state.value).toBe('online');
  });

  it('a transfer that was sent to one is followed on the next', async () => {
    const chain = await client();
    const order = { id: newId(), asset: local.xbtc, amount: 7n, from: ada.account, to: bob.account };
    await chain.transfer(order, ada);
    await waitFor(chain.watchTransfer(order.id), (transfer) => transfer?.state === 'broadcast');
    networks[A].isDown = true;
    networks[A].cut();
    await local.newBlocks(1);
    await waitFor(chain.watchTransfer(order.id), (transfer) => transfer?.state === 'in-block');
    await local.newBlocks(2);
    await waitFor(chain.watchTransfer(order.id), (transfer) => transfer?.state === 'final');
  });
});

it('an address that the platform will not have is a node that is away', async () => {
  const local = await openLocalChain();
  try {
    const Working = local.network.socketClass();
    const webSocket = function (url: string) {
      if (url !== B) throw new SyntaxError('mixed content');
      return new Working(url);
    } as unknown as ChainSocketConstructor;
    const database = new MemoryDatabase();
    await database.takeOwnership();
    const chain = await openChain({ endpoints: [A, B], genesis: local.genesis, database, webSocket });
    await waitFor(chain.state, (state) => state === 'online');
    chain.close();
  } finally {
    local.close();
  }
});
