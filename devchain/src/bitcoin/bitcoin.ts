/**
 * A Bitcoin chain of the node's own: blocks are mined when they are asked for. What happens on it is kept in a log, if
 * there is one.
 *
 * @module
 */
import { type Hex, concatBytes, hexOf, numberToBytes } from '../bytes.js';
import type { Log } from '../journal.js';
import { ScaleReader } from '../scale.js';
import {
  type Output,
  type Transaction,
  FINAL,
  counted,
  decodeTransaction,
  encodeTransaction,
  hashOf,
} from './transaction.js';
import { type BitcoinBlock, mine } from './block.js';
import { WALLET, isSignedFor, type BitcoinWallet } from './wallets.js';

/** Something paid that nobody spent yet. */
interface Unspent extends Output {
  readonly transaction: Transaction;
  readonly index: number;
}

export interface Known {
  readonly transaction: Transaction;
  /** Not there while it waits for a block. */
  readonly block?: BitcoinBlock;
}

/** What a chain goes on from: the header before its first block. */
interface Start {
  readonly hash: Uint8Array;
  readonly height: number;
  /** Seconds since 1970. */
  readonly time: number;
}

/** First bytes of records: a transaction that was taken in, and a block with how many of those that waited. */
const ACCEPTED = Uint8Array.of(0);
const MINED = Uint8Array.of(1);
const HASH = 32;
const HEADER = 80;
const SUBSIDY = 5_000_000_000n;
const MINING_FEE = 1000n;
const NO_HASH = new Uint8Array(32);
const MOST_TRANSACTIONS = 500;

export class Bitcoin {
  /** Blocks that this node mined. */
  readonly blocks: BitcoinBlock[] = [];
  private readonly known = new Map<Hex, Known>();
  private readonly unspent = new Map<string, Unspent>();
  private waiting: Transaction[] = [];

  private constructor(
    private readonly start: Start,
    private readonly now: () => number,
    private readonly log: Log | undefined,
  ) {}

  /** Goes on where the log ends, or begins with the header that the gateway knows as its best one. */
  static open(best: Start, now: () => number, log?: Log): Bitcoin {
    const [first, ...rest] = log?.records ?? [];
    if (!first) log?.append(encodeStart(best));
    const bitcoin = new Bitcoin(first ? decodeStart(first) : best, now, log);
    for (const record of rest) bitcoin.redo(record);
    return bitcoin;
  }

  get tip(): { readonly hash: Uint8Array; readonly height: number } {
    return this.blocks.at(-1) ?? this.start;
  }

  get isBusy(): boolean {
    return this.waiting.length > 0;
  }

  get(hash: Uint8Array): Known | undefined {
    return this.known.get(hexOf(hash));
  }

  /** All that this node knows, whether in a block or not. */
  transactions(): Transaction[] {
    return [...this.known.values()].map(({ transaction }) => transaction);
  }

  /** How many blocks say that it happened. */
  confirmations(hash: Uint8Array): number {
    const block = this.get(hash)?.block;
    return block ? this.tip.height - block.height + 1 : 0;
  }

  /**
   * Pays from a wallet of the node; what is left over goes back to it.
   *
   * @throws RangeError when the wallet does not hold so much.
   */
  async pay(wallet: BitcoinWallet, outputs: readonly Output[]): Promise<Transaction> {
    const wanted = outputs.reduce((sum, { value }) => sum + value, MINING_FEE);
    if (wallet === WALLET && this.holds(wallet) < wanted) this.mine(WALLET, wanted);
    const spent: Unspent[] = [];
    let sum = 0n;
    for (const one of this.ofWallet(wallet)) {
      if (sum >= wanted) break;
      spent.push(one);
      sum += one.value;
    }
    if (sum < wanted) throw new RangeError('the wallet does not hold so much');
    const back = sum > wanted ? [{ value: sum - wanted, script: wallet.script }] : [];
    const inputs = spent.map(({ transaction, index }) => ({
      previous: hashOf(transaction),
      index,
      script: new Uint8Array(),
      sequence: FINAL,
      witness: [],
    }));
    const tx = { version: 2, inputs, outputs: [...outputs, ...back], lockTime: 0 };
    const signed = await wallet.signed(tx, spent);
    this.accept(signed);
    return signed;
  }

  holds(wallet: BitcoinWallet): bigint {
    return this.ofWallet(wallet).reduce((sum, { value }) => sum + value, 0n);
  }

  /** The output that an input spends, if this node knows it. */
  spentBy(tx: Transaction, position = 0): Unspent | undefined {
    return this.unspent.get(outpointOf(tx, position));
  }

  /**
   * Takes in a transaction that somebody else signed.
   *
   * @throws RangeError when it is not one that may enter a block.
   */
  async broadcast(tx: Transaction): Promise<void> {
    let sum = tx.outputs.reduce((left, { value }) => left - value, 0n);
    const seen = new Set(tx.inputs.map((_, i) => outpointOf(tx, i)));
    if (seen.size < tx.inputs.length) throw new RangeError('the transaction spends something twice');
    for (let i = 0; i < tx.inputs.length; i++) {
      const spent = this.spentBy(tx, i);
      if (!spent) throw new RangeError('the transaction spends what is not there');
      sum += spent.value;
      if (!(await isSignedFor(tx, i, spent))) throw new RangeError('an input is not signed (P2WPKH)');
    }
    if (sum < 0n) throw new RangeError('the transaction pays more than it spends');
    this.accept(tx);
  }

  /** Mines a block of what waits; its reward goes to a wallet. */
  mine(reward: BitcoinWallet = WALLET, value = SUBSIDY): BitcoinBlock {
    const { hash, height } = this.tip;
    const input = {
      previous: NO_HASH,
      index: FINAL,
      // Its height makes each reward another transaction (BIP 34).
      script: concatBytes(counted(numberToBytes(height + 1, 4)), Uint8Array.of(0)),
      sequence: FINAL,
      witness: [],
    };
    const outputs = [{ value: value > SUBSIDY ? value : SUBSIDY, script: reward.script }];
    const coinbase = { version: 2, inputs: [input], outputs, lockTime: 0 };
    const transactions = [coinbase, ...this.waiting.slice(0, MOST_TRANSACTIONS)];
    const time = Math.max(Math.floor(this.now() / 1000), this.start.time + 1);
    const block = mine(hash, height + 1, time, transactions);
    const count = numberToBytes(transactions.length - 1, 4);
    this.log?.append(concatBytes(MINED, block.hash, block.header, count, encodeTransaction(coinbase)));
    this.add(block);
    return block;
  }

  private add(block: BitcoinBlock): void {
    this.blocks.push(block);
    this.waiting.splice(0, block.transactions.length - 1);
    this.note(block.transactions[0]!);
    for (const transaction of block.transactions) {
      this.known.set(hexOf(hashOf(transaction)), { transaction, block });
    }
  }

  /** Does once more what a record says was done. */
  private redo(record: Uint8Array): void {
    const from = new ScaleReader(record);
    const kind = from.take(1)[0];
    if (kind === ACCEPTED[0]) return this.take(decodeTransaction(record.subarray(from.position)));
    const [hash, header] = [from.take(HASH).slice(), from.take(HEADER).slice()];
    const waiting = this.waiting.slice(0, Number(from.number(4)));
    const coinbase = decodeTransaction(record.subarray(from.position));
    this.add({ height: this.tip.height + 1, hash, header, transactions: [coinbase, ...waiting] });
  }

  private accept(tx: Transaction): void {
    this.log?.append(concatBytes(ACCEPTED, encodeTransaction(tx)));
    this.take(tx);
  }

  private take(tx: Transaction): void {
    tx.inputs.forEach((_, i) => this.unspent.delete(outpointOf(tx, i)));
    this.note(tx);
    this.waiting.push(tx);
  }

  private note(transaction: Transaction): void {
    const hash = hexOf(hashOf(transaction));
    this.known.set(hash, { transaction });
    transaction.outputs.forEach((output, index) =>
      this.unspent.set(`${hash}:${index}`, { ...output, transaction, index }),
    );
  }

  private ofWallet({ script }: BitcoinWallet): Unspent[] {
    const wanted = hexOf(script);
    return [...this.unspent.values()].filter((one) => hexOf(one.script) === wanted);
  }
}

function encodeStart({ hash, height, time }: Start): Uint8Array {
  return concatBytes(hash, numberToBytes(height, 4), numberToBytes(time, 4));
}

function decodeStart(record: Uint8Array): Start {
  const from = new ScaleReader(record);
  return { hash: from.take(HASH).slice(), height: Number(from.number(4)), time: Number(from.number(4)) };
}

function outpointOf(tx: Transaction, position: number): string {
  const { previous, index } = tx.inputs[position]!;
  return `${hexOf(previous)}:${index}`;
}
