/**
 * Somebody with money on a local chain and a client to pay with, new for each test of the file that imports this.
 *
 * @module
 */
import { afterEach, beforeEach } from 'vitest';
import type { Chain, Transfer, TransferOrder } from '../../../core/ledger/index.js';
import { MemoryStorage } from '../../../core/store/index.js';
import { newId, openLocalChain, payer, type LocalChain } from '../../support/local-chain.js';
import { waitFor } from '../../support/wait.js';

export const UNIT = 100_000_000n;
export const ada = payer(1);
export const bob = payer(2);
export const SUBMIT = 'author_submitAndWatchExtrinsic';

export let local: LocalChain;
export let storage: MemoryStorage;
export let chain: Chain;

beforeEach(async () => {
  local = await openLocalChain();
  await local.fund(ada.account, { pcx: UNIT, xbtc: UNIT });
  storage = new MemoryStorage();
  chain = await local.client(storage);
});

afterEach(() => local.close());

export function order(changes: Partial<TransferOrder> = {}): TransferOrder {
  return { id: newId(), asset: local.xbtc, amount: 12_345n, from: ada.account, to: bob.account, ...changes };
}

export type State = Transfer['state'];

export function reaches(id: string, ...states: State[]): Promise<Transfer> {
  return waitFor(chain.watchTransfer(id), (transfer): transfer is Transfer =>
    states.includes(transfer?.state as State),
  ) as Promise<Transfer>;
}

/** Makes blocks until the transfer has come to an end. */
export async function carryOut(id: string): Promise<Transfer> {
  await reaches(id, 'broadcast');
  await local.newBlocks(1);
  await reaches(id, 'in-block');
  await local.newBlocks(2);
  return reaches(id, 'final', 'failed');
}

/** What was sent, each different one once. */
export function sentBytes(): string[] {
  const sent = local.network.requests.filter(({ method }) => method === SUBMIT);
  return [...new Set(sent.map(({ params }) => String(params[0])))];
}

export const usable = async (asset = local.xbtc, who = bob.account) =>
  (await chain.balance(asset, who)).usable;

/** Closes the client, and opens another one on what it stored once what happens meanwhile is over. */
export async function reload(meanwhile?: () => Promise<unknown>): Promise<void> {
  chain.close();
  await meanwhile?.();
  chain = await local.client(storage);
}
