/**
 * What stands between the two chains: reports Bitcoin's headers and what concerns the trustees, once it is deep enough,
 * and pays withdrawals out. It does so by signed calls, as any relayer and trustee would.
 *
 * @module
 */
import { bytesOf, bytesToNumber, concatBytes, hexOf, numberToBytes } from '../bytes.js';
import { itemKey, u32Key } from '../keys.js';
import type { Log } from '../journal.js';
import type { Core } from '../node-state.js';
import { RELAYER, TRUSTEE } from '../own-account.js';
import { ScaleReader, blob, compact } from '../scale.js';
import { entriesAfter, getValue } from '../trie.js';
import { scriptOf } from './address.js';
import { Bitcoin } from './bitcoin.js';
import { proofOf, type BitcoinBlock } from './block.js';
import { type Output, type Transaction, encodeTransaction, hashOf } from './transaction.js';
import { COLD, HOT } from './wallets.js';

const PUSH_HEADER = Uint8Array.of(31, 0);
const PUSH_TRANSACTION = Uint8Array.of(31, 1);
const CREATE_WITHDRAW_TX = Uint8Array.of(31, 2);
const SOME = Uint8Array.of(1);
const NONE = Uint8Array.of(0);
const APPLYING = 0;
const HEADER_TIME_AT = 68;

export class Gateway {
  readonly bitcoin: Bitcoin;
  private reported = 0;
  /** Transactions that concern the trustees and were not reported yet, with their blocks. */
  private pending: { readonly block: BitcoinBlock; readonly position: number }[] = [];
  /** What transactions spend: it is gone from the chain's own list by the time it is reported. */
  private readonly spent = new Map<string, Transaction>();

  constructor(
    private readonly node: Core,
    now: () => number,
    log?: Log,
  ) {
    const index = new ScaleReader(this.stored('BestIndex')!);
    const [hash, height] = [index.take(32), Number(index.number(4))];
    const header = this.stored('Headers', hexOf(hash).slice(2))!;
    const time = Number(bytesToNumber(header.subarray(HEADER_TIME_AT, HEADER_TIME_AT + 4)));
    this.bitcoin = Bitcoin.open({ hash: hash.slice(), height, time }, now, log);
    this.resume();
  }

  /** Finds out what of the Bitcoin side the chain was told already. */
  private resume(): void {
    const { blocks } = this.bitcoin;
    const isKnown = ({ hash }: BitcoinBlock) => this.stored('Headers', hexOf(hash).slice(2)) !== undefined;
    const first = blocks.findIndex((block) => !isKnown(block));
    this.reported = first < 0 ? blocks.length : first;
    for (const tx of this.bitcoin.transactions()) this.noted(tx);
    for (const block of blocks.slice(0, this.reported)) this.await(block);
  }

  /** Puts off what the trustees are to know of a block until it is deep enough. */
  private await(block: BitcoinBlock): void {
    block.transactions.forEach((tx, position) => {
      const isTold = this.stored('TxState', hexOf(hashOf(tx)).slice(2)) !== undefined;
      if (position > 0 && !isTold && this.concernsTrustees(tx)) this.pending.push({ block, position });
    });
  }

  /** Whether a block on Bitcoin would change something. */
  get isBusy(): boolean {
    return this.bitcoin.isBusy || this.pending.length > 0 || this.reported < this.bitcoin.blocks.length;
  }

  /** Pays, and remembers whose money it was. */
  async pay(...args: Parameters<Bitcoin['pay']>): Promise<Transaction> {
    return this.noted(await this.bitcoin.pay(...args));
  }

  /** @throws RangeError */
  async broadcast(tx: Transaction): Promise<Transaction> {
    const previous = this.bitcoin.spentBy(tx)?.transaction;
    await this.bitcoin.broadcast(tx);
    if (previous) this.spent.set(hexOf(hashOf(tx)), previous);
    return tx;
  }

  private noted(tx: Transaction): Transaction {
    const previous = this.bitcoin.get(tx.inputs[0]!.previous)?.transaction;
    if (previous) this.spent.set(hexOf(hashOf(tx)), previous);
    return tx;
  }

  /** Mines a block and reports what there is to report. */
  mine(): BitcoinBlock {
    const block = this.bitcoin.mine();
    this.report();
    return block;
  }

  private report(): void {
    for (const block of this.bitcoin.blocks.slice(this.reported)) {
      this.send(concatBytes(PUSH_HEADER, blob(block.header)));
      this.await(block);
    }
    this.reported = this.bitcoin.blocks.length;
    const deep = Number(bytesToNumber(this.stored('ConfirmationNumber')!));
    const isDeep = ({ height }: BitcoinBlock) => this.bitcoin.tip.height - height + 1 >= deep;
    for (const { block, position } of this.pending.filter((one) => isDeep(one.block))) {
      this.send(this.reportOf(block, position));
    }
    this.pending = this.pending.filter((one) => !isDeep(one.block));
  }

  private reportOf(block: BitcoinBlock, position: number): Uint8Array {
    const tx = block.transactions[position]!;
    const previous = this.spent.get(hexOf(hashOf(tx)));
    return concatBytes(
      PUSH_TRANSACTION,
      blob(encodeTransaction(tx)),
      blob(concatBytes(block.hash, blob(proofOf(block, position)))),
      ...(previous ? [SOME, blob(encodeTransaction(previous))] : [NONE]),
    );
  }

  private concernsTrustees(tx: Transaction): boolean {
    const own = new Set([HOT, COLD].map(({ script }) => hexOf(script)));
    const previous = this.spent.get(hexOf(hashOf(tx)))?.outputs[tx.inputs[0]!.index];
    return [...tx.outputs, ...(previous ? [previous] : [])].some(({ script }) => own.has(hexOf(script)));
  }

  /** Pays what was applied for, all at once; `undefined` when there is nothing. */
  async payOut(): Promise<
    { readonly transaction: Transaction; readonly ids: readonly number[] } | undefined
  > {
    const wanted = this.applications();
    if (wanted.length === 0) return undefined;
    const fee = bytesToNumber(this.stored('BtcWithdrawalFee')!);
    const outputs = wanted.map(({ value, address }): Output => ({
      value: value - fee,
      script: scriptOf(address),
    }));
    const sum = outputs.reduce((all, { value }) => all + value, 0n);
    // XBTC that was there at genesis was never paid in.
    if (this.bitcoin.holds(HOT) < 2n * sum) this.bitcoin.mine(HOT, 2n * sum);
    const transaction = await this.pay(HOT, outputs);
    const ids = wanted.map(({ id }) => id);
    const list = concatBytes(compact(ids.length), ...ids.map((id) => numberToBytes(id, 4)));
    void TRUSTEE.send(
      this.node,
      concatBytes(CREATE_WITHDRAW_TX, list, blob(encodeTransaction(transaction))),
    ).catch(() => undefined);
    this.report();
    return { transaction, ids };
  }

  private applications(): { readonly id: number; readonly value: bigint; readonly address: string }[] {
    const prefix = itemKey('XGatewayRecords', 'PendingWithdrawals');
    const { chain } = this.node;
    const state = chain.stateOf(chain.best.hash);
    const found = [...entriesAfter(state, prefix)].flatMap(([key, value]) => {
      const id = Number(bytesToNumber(bytesOf(key.slice(-8))));
      const stage = getValue(state, itemKey('XGatewayRecords', 'WithdrawalStateOf') + u32Key(id));
      if (stage?.[0] !== APPLYING) return [];
      const from = new ScaleReader(value);
      from.take(4 + 32);
      const amount = from.number(16);
      return [{ id, value: amount, address: new TextDecoder().decode(from.blob()) }];
    });
    return found.sort((a, b) => a.id - b.id);
  }

  /** The pool puts it into a block, after a reorganisation into another one. */
  private send(call: Uint8Array): void {
    void RELAYER.send(this.node, call).catch(() => undefined);
  }

  private stored(name: string, rest = ''): Uint8Array | undefined {
    const { chain } = this.node;
    return getValue(chain.stateOf(chain.best.hash), itemKey('XGatewayBitcoin', name) + rest);
  }
}
