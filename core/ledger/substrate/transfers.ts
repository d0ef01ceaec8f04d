/**
 * Transfers from the signature to the end: signed once, stored before they leave, sent again as the same
 * bytes, and looked for in the chain itself.
 *
 * What a node's pool says is a hint; where a transfer stands is read from the blocks, so that it makes no
 * difference whether this client, its page or the node was away meanwhile.
 *
 * @module
 */
import { signal, type Signal } from '@preact/signals-core';
import { bytesToHex } from '@noble/hashes/utils.js';
import { ComingError } from '../../errors.js';
import { put, type Database, type TransferRow } from '../../store/index.js';
import type { Watchable } from '../../transport/index.js';
import type { ChainOptions, Payer, Transfer, TransferOptions, TransferOrder } from '../chain.js';
import type { Blocks } from './blocks.js';
import { TransferMaker } from './maker.js';
import type { ChainNode } from './node.js';
import { Pursuit } from './pursuit.js';
import { RpcError } from './rpc-socket.js';
import type { SecondOpinion } from './second-opinion.js';

/** So long the next payer of an account waits until a node counts what this one made. */
const HANDING_MS = 5_000;
const ENDED: readonly TransferRow['state'][] = ['final', 'failed', 'expired'];
const ID = /^[0-9a-f]{32}$/;

export class Transfers {
  readonly #database: Database;
  readonly #maker: TransferMaker;
  readonly #pursuits = new Map<string, Pursuit>();
  readonly #shown = new Map<string, Signal<Transfer | undefined>>();
  /** The last transfer that is being made, by account: the next one waits for its nonce. */
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #resumed: Promise<void>;
  #stopListening: (() => void) | undefined;
  #looking = false;
  #lookAgain = false;
  #closed = false;
  #nowClosed!: () => void;
  readonly #whenClosed = new Promise<void>((resolve) => (this.#nowClosed = resolve));

  constructor(
    private readonly node: ChainNode,
    private readonly blocks: Blocks,
    private readonly second: SecondOpinion,
    private readonly options: Pick<ChainOptions, 'database' | 'exclusively'>,
  ) {
    this.#database = options.database;
    this.#maker = new TransferMaker(node);
    this.#resumed = this.#resume();
    this.#resumed.catch(() => undefined); // every transfer that is made says so
  }

  get maker(): TransferMaker {
    return this.#maker;
  }

  /** As `Chain.transfer`. */
  async transfer(order: TransferOrder, payer: Payer, options: TransferOptions): Promise<Transfer> {
    if (!ID.test(order.id)) throw new RangeError('an id has 32 hexadecimal digits');
    await this.#resumed;
    const account = bytesToHex(order.from);
    return this.#inTurn(account, async () => {
      const before = await this.#database.get('transfers', order.id);
      if (before) requireSame(before, order);
      if (before && before.state !== 'failed' && before.state !== 'expired') return shown(before);
      this.#maker.requireOrder(order, payer);
      const signalOfIt = this.#signal(order.id);
      signalOfIt.value = draftOf(order);
      let row: TransferRow;
      try {
        const nonceFrom = await this.#nonceFrom(account, before);
        row = await this.#maker.make(order, payer, nonceFrom, options, this.#pending(account));
        const signed = put('transfers', row.id, row);
        await (options.store ? options.store(signed) : this.#database.commit([signed]));
      } catch (error) {
        signalOfIt.value = before && shown(before);
        throw error;
      }
      this.#pursue(row, true);
      return shown(row);
    });
  }

  /**
   * Has something made in its account's turn, and follows it to its end without storing it.
   *
   * @param make - Is told how to choose its nonce, and what of its account no block holds.
   * @throws ComingError `closed`
   */
  async follow(
    account: string,
    make: (nonceFrom: (next: number) => number, pending: readonly TransferRow[]) => Promise<TransferRow>,
  ): Promise<TransferRow> {
    await this.#resumed;
    let ended!: (row: TransferRow) => void;
    const end = new Promise<TransferRow>((resolve) => (ended = resolve));
    await this.#inTurn(account, async () => {
      const row = await make(await this.#nonceFrom(account, undefined), this.#pending(account));
      this.#pursue(row, true, async (changed) => {
        if (ENDED.includes(changed.state)) ended(changed);
      });
      return shown(row);
    });
    const closed = this.#whenClosed.then(() => {
      throw new ComingError('closed', 'the chain was closed meanwhile');
    });
    return Promise.race([end, closed]);
  }

  watch(id: string): Watchable<Transfer | undefined> {
    const known = this.#shown.has(id);
    const watched = this.#signal(id);
    if (!known) {
      this.#database.get('transfers', id).then(
        (row) => {
          if (row && watched.value === undefined) watched.value = shown(row);
        },
        () => undefined, // what cannot be read cannot be shown
      );
    }
    return watched;
  }

  close(): void {
    this.#closed = true;
    this.#nowClosed();
    this.#stopListening?.();
    this.#pursuits.clear();
  }

  /** Takes up what was under way when the page was closed. */
  async #resume(): Promise<void> {
    for (const { value: row } of await this.#database.list('transfers')) {
      if (row.genesis === this.node.genesis && !ENDED.includes(row.state)) this.#pursue(row, false);
    }
  }

  #pursue(row: TransferRow, isFresh: boolean, store = (changed: TransferRow) => this.#store(changed)): void {
    if (this.#closed) return;
    this.#signal(row.id).value = shown(row);
    const pursuit = new Pursuit(row, isFresh, this.node, this.blocks, this.second, {
      store,
      look: () => this.#look(),
    });
    this.#pursuits.set(row.id, pursuit);
    this.#stopListening ??= this.#listen();
    this.#look();
  }

  async #store(row: TransferRow): Promise<void> {
    await this.#database.commit([put('transfers', row.id, row)]);
    this.#signal(row.id).value = shown(row);
  }

  /** Looks after everything that is under way whenever the chain grew, and on every new connection. */
  #listen(): () => void {
    const look = () => this.#look();
    const { node } = this;
    const stops = [
      node.whileConnected(() => {
        for (const pursuit of this.#pursuits.values()) pursuit.forgetPool();
        look();
        return node.subscribe('chain_subscribeNewHeads', 'chain_unsubscribeNewHeads', [], look);
      }),
      node.whileConnected(() =>
        node.subscribe('chain_subscribeFinalizedHeads', 'chain_unsubscribeFinalizedHeads', [], look),
      ),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  #look(): void {
    this.#lookAgain = true;
    if (!this.#looking) void this.#lookUntilDone();
  }

  async #lookUntilDone(): Promise<void> {
    this.#looking = true;
    try {
      while (this.#lookAgain && !this.#closed) {
        this.#lookAgain = false;
        await this.#lookOnce();
      }
    } finally {
      this.#looking = false;
    }
    if (this.#pursuits.size > 0) return;
    // Nothing is asked of a node for nothing.
    this.#stopListening?.();
    this.#stopListening = undefined;
  }

  async #lookOnce(): Promise<void> {
    await this.#forgiving(async () => {
      const final = (await this.node.finalizedHead()).number;
      const best = Math.max(final, await this.blocks.bestNumber());
      for (const [id, pursuit] of this.#pursuits) {
        await this.#forgiving(async () => {
          if (await pursuit.look(final, best)) this.#pursuits.delete(id);
        });
      }
    });
  }

  /** The chain is away, or a disk is full: the next block or connection brings another try. */
  async #forgiving(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof ComingError) {
        if (error.code === 'not-owner') this.close();
      } else if (!(error instanceof RpcError)) {
        throw error;
      }
    }
  }

  /**
   * Chooses the lowest nonce that nothing under way holds: the node may not know of all of it, and a gap would hold up
   * everything behind it.
   *
   * What replaces a transfer takes the same nonce, so that only one of the two can ever be carried out, unless the nonce
   * is used or two nodes agree that the time of the old bytes is over.
   */
  async #nonceFrom(account: string, before: TransferRow | undefined): Promise<(next: number) => number> {
    const others = this.#underWay(account).filter(({ id }) => id !== before?.id);
    const held = new Set(others.map(({ nonce }) => nonce));
    const lowestFree = (next: number) => {
      let nonce = next;
      while (held.has(nonce)) nonce += 1;
      return nonce;
    };
    if (!before || before.block || (await this.#isUsed(before))) return lowestFree;
    if (held.has(before.nonce)) {
      throw new ComingError('transfer-outdated', 'another transfer is under way in its place');
    }
    // One node may be lying about the time; then the chain itself must be able to take no more than one of the two.
    const over = await this.second.at(before.lastBlock + 1, () => Promise.resolve({}));
    return typeof over === 'string' ? () => before.nonce : lowestFree;
  }

  #underWay(account: string): TransferRow[] {
    return [...this.#pursuits.values()].map(({ row }) => row).filter(({ from }) => from === account);
  }

  /** What no block holds, as far as is known. */
  #pending(account: string): TransferRow[] {
    return this.#underWay(account).filter(({ block }) => !block);
  }

  /** Whether another transfer from here was carried out with this nonce. */
  async #isUsed({ id, from, nonce }: TransferRow): Promise<boolean> {
    const rows = await this.#database.list('transfers');
    return rows.some(
      ({ value }) =>
        value.id !== id && value.from === from && value.nonce === nonce && value.state === 'final',
    );
  }

  #inTurn(account: string, work: () => Promise<Transfer>): Promise<Transfer> {
    const turn = (this.#turns.get(account) ?? Promise.resolve()).then(() => this.#exclusively(account, work));
    const settled = turn.catch(() => undefined);
    this.#turns.set(account, settled);
    return turn;
  }

  /** Another context counts what the node counts: it may go on when the node has what was made here. */
  #exclusively(account: string, work: () => Promise<Transfer>): Promise<Transfer> {
    const { exclusively } = this.options;
    if (!exclusively) return work();
    return new Promise((resolve, reject) => {
      const held = exclusively(account, async () => {
        const { id, state } = await work().then((transfer) => (resolve(transfer), transfer));
        const handed = state === 'signed' ? this.#pursuits.get(id)?.handed : undefined;
        await Promise.race([handed, new Promise((end) => setTimeout(end, HANDING_MS))]);
      });
      held.catch(reject);
    });
  }

  #signal(id: string): Signal<Transfer | undefined> {
    let found = this.#shown.get(id);
    if (!found) {
      found = signal(undefined);
      this.#shown.set(id, found);
    }
    return found;
  }
}

function requireSame(row: TransferRow, { asset, amount, from, to }: TransferOrder): void {
  const isSame =
    row.asset === asset.caip19 &&
    row.amount === amount &&
    row.from === bytesToHex(from) &&
    row.to === bytesToHex(to);
  if (!isSame) throw new ComingError('transfer-exists', 'another transfer has this id');
}

function shown({ extrinsic: _, genesis: __, ...transfer }: TransferRow): Transfer {
  return transfer;
}

function draftOf({ id, asset, amount, from, to }: TransferOrder): Transfer {
  return {
    id,
    asset: asset.caip19,
    amount,
    from: bytesToHex(from),
    to: bytesToHex(to),
    fee: 0n,
    nonce: 0,
    firstBlock: 0,
    lastBlock: 0,
    state: 'draft',
    hash: undefined,
    block: undefined,
    problem: undefined,
    chainError: undefined,
    signedAt: 0,
  };
}
