import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openDevchain, type Devchain, type DevchainOptions } from '../src/devchain.js';
import { openJournal } from '../src/node/file-journal.js';
import { connectTo } from './connecting.js';
import { alice, bob, call, hex, signed } from './extrinsics.js';

const folder = mkdtempSync(join(tmpdir(), 'devchain-'));
const program = join(folder, 'cli.mjs');
const children: ChildProcess[] = [];
let count = 0;
const fresh = () => join(folder, `chain-${++count}`);

beforeAll(async () => {
  await build({
    entryPoints: [join(import.meta.dirname, '../src/cli.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(data: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(
    process.execPath,
    [program, '--port', '0', '--data', data, '--block-time', '40', '--idle-time', '40'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  children.push(child);
  const line = await new Promise<string>((resolve) =>
    child.stdout!.once('data', (text) => resolve(String(text))),
  );
  return { child, url: /ws:\S+/.exec(line)![0] };
}

/** Until then the folder is its own. */
function killed(child: ChildProcess): Promise<unknown> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  return gone;
}

const openIn = (data: string) =>
  openDevchain({ blockTime: 'manual', journal: (genesis) => openJournal(data, genesis) });
const head = (chain: Devchain) =>
  chain.request('chain_getHeader') as Promise<{ number: string; stateRoot: string }>;

describe('a snapshot', () => {
  const openWith = (options: DevchainOptions = {}) =>
    openDevchain({ blockTime: 'manual', history: true, ...options });

  test('is where another chain goes on, and the first one does not change with it', async () => {
    const first = await openWith();
    const send = async (chain: Devchain, nonce: number) => {
      const extrinsic = hex(signed(chain, alice, call.transfer(bob.addressRaw, 5n), { nonce }));
      await chain.request('author_submitExtrinsic', [extrinsic]);
      await chain.request('dev_newBlock');
    };
    for (let nonce = 0; nonce < 4; nonce++) await send(first, nonce);
    await first.request('dev_forceReorg', [1]);
    const snapshot = first.snapshot();
    const [before, final] = [await head(first), await first.request('chain_getFinalizedHead')];
    const second = await openWith({ snapshot });
    expect([await head(second), await second.request('chain_getFinalizedHead')]).toEqual([before, final]);
    await send(second, 3);
    expect(await head(first)).toEqual(before);
    // One of the second chain holds both.
    expect(await head(await openWith({ snapshot: second.snapshot() }))).toEqual(await head(second));
  });

  test('of another genesis, or one that was cut, is refused', async () => {
    const chain = await openWith();
    await chain.request('dev_newBlock');
    const snapshot = chain.snapshot();
    await expect(openWith({ snapshot, genesis: { offline: [1] } })).rejects.toThrow('another genesis');
    await expect(openWith({ snapshot: snapshot.slice(0, -1) })).rejects.toThrow('damaged');
    const other = await openWith({ history: false });
    expect(() => other.snapshot()).toThrow('without a history');
  });
});

describe('the Bitcoin side of a chain in a folder', () => {
  interface Sent {
    readonly txid: string;
    readonly raw: string;
    readonly confirmations: number;
  }
  interface Sender {
    readonly _rpcCore: { readonly provider: { send(method: string, params: unknown[]): Promise<unknown> } };
  }
  const held = async (chain: Devchain) => {
    const assets = (await chain.request('xassets_getAssetsByAccount', [hex(bob.addressRaw)])) as Record<
      string,
      { Usable: string }
    >;
    return BigInt(assets['1']!.Usable);
  };

  test('is there again after kill -9, and a deposit that was under way is credited', async () => {
    const data = fresh();
    const first = await run(data);
    const api = await connectTo(first.url);
    const ask = <T>(from: typeof api, method: string, ...params: unknown[]) =>
      (from as unknown as Sender)._rpcCore.provider.send(method, params) as Promise<T>;
    const { hotAddress } = await ask<{ hotAddress: string }>(api, 'dev_bitcoin');
    const paid = await ask<Sent>(api, 'dev_bitcoinPay', hotAddress, 250_000, bob.address);
    const sent = () => ask<Sent>(api, 'dev_bitcoinTransaction', paid.txid);
    await expect.poll(async () => (await sent()).confirmations).toBeGreaterThan(0);
    await killed(first.child);
    await api.disconnect();

    const second = await run(data);
    const again = await connectTo(second.url);
    expect(await ask<Sent>(again, 'dev_bitcoinTransaction', paid.txid)).toMatchObject({ raw: paid.raw });
    const balance = async () => (await again.query['xAssets']!['assetBalance']!(bob.address, 1)).toJSON();
    await expect.poll(balance, { timeout: 10_000 }).toEqual({ Usable: 10 ** 9 + 250_000 });
    await again.disconnect();
  });

  test('has what waited for a block, what was reported, and coins that were not spent', async () => {
    const data = fresh();
    const chain = await openIn(data);
    const { hotAddress } = (await chain.request('dev_bitcoin')) as { hotAddress: string };
    const pay = (where: Devchain, satoshis: number) =>
      where.request('dev_bitcoinPay', [hotAddress, satoshis, bob.address]) as Promise<Sent>;
    await pay(chain, 100_000);
    await chain.request('dev_bitcoinMine', [3]);
    await chain.request('dev_newBlock'); // the headers are reported in it
    const waiting = await pay(chain, 200_000);
    await chain.request('dev_bitcoinMine', [1]); // and this one is not
    const last = await pay(chain, 300_000);
    const before = await chain.request('dev_bitcoin');
    const start = await held(chain);
    chain.close();
    const again = await openIn(data);
    expect(await again.request('dev_bitcoin')).toEqual(before);
    expect(await again.request('dev_bitcoinTransaction', [waiting.txid])).toMatchObject({ confirmations: 1 });
    expect(await again.request('dev_bitcoinTransaction', [last.txid])).toMatchObject({ confirmations: 0 });
    await pay(again, 400_000);
    for (let i = 0; i < 8; i++) {
      await again.request('dev_bitcoinMine', [1]);
      await again.request('dev_newBlock');
    }
    expect(await held(again)).toBe(start + 1_000_000n);
    again.close();
  });
});

describe('a chain in a folder', () => {
  test('is there again after kill -9, with everything that was announced', async () => {
    const data = fresh();
    const first = await run(data);
    const api = await connectTo(first.url);
    const block = await new Promise<string>((resolve, reject) => {
      api.tx['xAssets']!['transfer']!(bob.address, 1, 4242n)
        .signAndSend(alice, ({ status }) => {
          if (status.isInBlock) resolve(status.asInBlock.toHex());
          // A client that is slow is told only the last of it.
          else if (status.isFinalized) resolve(status.asFinalized.toHex());
        })
        .catch(reject);
    });
    await killed(first.child);
    await api.disconnect();

    const second = await run(data);
    const again = await connectTo(second.url);
    const number = (await again.rpc.chain.getHeader(block)).number.toNumber();
    expect((await again.rpc.chain.getBlockHash(number)).toHex()).toBe(block);
    const held = await again.query['xAssets']!['assetBalance']!(bob.address, 1);
    expect(held.toJSON()).toEqual({ Usable: 10 ** 9 + 4242 });
    expect((await again.rpc.system.accountNextIndex(alice.address)).toNumber()).toBe(1);
    // And it goes on.
    await expect.poll(async () => (await again.rpc.chain.getFinalizedHead()).toHex() !== block).toBe(true);
    await again.disconnect();
  });

  test('has the same blocks, state and finality, forks included', async () => {
    const data = fresh();
    const chain = await openIn(data);
    await chain.request('author_submitExtrinsic', [
      hex(signed(chain, alice, call.transfer(bob.addressRaw, 5n))),
    ]);
    for (let i = 0; i < 4; i++) await chain.request('dev_newBlock');
    await chain.request('dev_forceReorg', [2]);
    await chain.request('dev_newBlock');
    const [before, final] = [await head(chain), await chain.request('chain_getFinalizedHead')];
    chain.close();
    const again = await openIn(data);
    expect(await head(again)).toEqual(before);
    expect(await again.request('chain_getFinalizedHead')).toBe(final);
    await again.request('dev_newBlock');
    again.close();
  });

  test('can still take back a block from before it was opened again', async () => {
    const data = fresh();
    const finalityLag = 9;
    const journal: DevchainOptions['journal'] = (genesis) => openJournal(data, genesis);
    const chain = await openDevchain({ blockTime: 'manual', finalityLag, journal });
    const extrinsic = hex(signed(chain, alice, call.transfer(bob.addressRaw, 5n)));
    await chain.request('author_submitExtrinsic', [extrinsic]);
    await chain.request('dev_newBlock');
    chain.close();
    const again = await openDevchain({ blockTime: 'manual', finalityLag, journal });
    await again.request('dev_forceReorg', [1]);
    expect(await again.request('author_pendingExtrinsics')).toEqual([extrinsic]);
    again.close();
  });

  test('leaves out a record that was torn, and continues after the one before', async () => {
    const data = fresh();
    const chain = await openIn(data);
    await chain.request('dev_newBlock');
    const kept = await head(chain);
    await chain.request('dev_newBlock');
    chain.close();
    const log = join(data, 'blocks.log');
    truncateSync(log, readFileSync(log).length - 1);
    const again = await openIn(data);
    expect(await head(again)).toEqual(kept);
    await again.request('dev_newBlock');
    const next = await head(again);
    again.close();
    appendFileSync(log, Uint8Array.of(9, 0, 0));
    const third = await openIn(data);
    expect(await head(third)).toEqual(next);
    third.close();
  });

  test('belongs to one process, until that one is gone', async () => {
    const data = fresh();
    const { child } = await run(data);
    await expect(openIn(data)).rejects.toThrow(`process ${child.pid} runs a chain in this folder`);
    await killed(child);
    const chain = await openIn(data);
    await expect(openIn(data)).rejects.toThrow('runs a chain in this folder');
    chain.close();
    (await openIn(data)).close();
  });

  test('is not opened when it has another genesis', async () => {
    const data = fresh();
    (await openIn(data)).close();
    const log = join(data, 'blocks.log');
    writeFileSync(log, readFileSync(log).fill(1, 0, 4));
    await expect(openIn(data)).rejects.toThrow('another genesis');
  });
});
