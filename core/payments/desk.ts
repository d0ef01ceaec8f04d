/**
 * Pays, and follows each payment in a conversation until both sides know how it ended.
 *
 * A transfer and the message that shows it are stored in one commit before anything leaves this device;
 * the peer is told as soon as the transfer stands in a block, and again if it comes to stand in another.
 *
 * @module
 */
import { computed } from '@preact/signals-core';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../errors.js';
import { parseComingId } from '../identity/index.js';
import { formatAmount } from '../ledger/amount.js';
import { assetNamed, type Asset } from '../ledger/assets.js';
import type {
  Balance,
  Chain,
  ChainState,
  Payer,
  Transfer,
  TransferOrder,
  WalletPayer,
} from '../ledger/chain.js';
import {
  appendMessage,
  isSamePlace,
  ownMessage,
  paymentContent,
  paymentOf,
  putPayment,
  type Messaging,
} from '../messaging/index.js';
import type { AccountHex, Change, Database, DeviceRow, IdHex } from '../store/index.js';
import type { Watchable } from '../transport/index.js';
import { Claims, unknownClaims } from './claims.js';
import { showTransfer } from './snapshot.js';
import type { Payment, PaymentOrder, Payments, PayOptions } from './types.js';
import { hasEnded, unfinishedPayments } from './unfinished.js';

export interface DeskOptions {
  readonly db: Database;
  readonly messaging: Messaging;
  readonly chain: Chain;
  /** The first is the usual one; one of them is the chain's own coin. */
  readonly assets: readonly Asset[];
  readonly device: DeviceRow;
  readonly now: () => number;
  /** Called after what a conversation shows has changed. */
  readonly changed: (peer: AccountHex) => void;
  /** Called with an error of the background work that nobody waits for. */
  readonly failed: (error: unknown) => void;
}

export class Desk implements Payments {
  readonly feeAsset: Asset;
  readonly #account: Uint8Array;
  readonly #claims: Claims;
  readonly #following = new Map<IdHex, () => void>();

  constructor(private readonly options: DeskOptions) {
    const { assets, device } = options;
    const coin = assets.find(({ ledger }) => ledger.kind === 'balances');
    if (!coin) throw new RangeError('the assets need the coin that pays fees');
    this.feeAsset = coin;
    this.#account = hexToBytes(device.account);
    this.#claims = new Claims({ ...options, account: device.account });
  }

  get assets(): readonly Asset[] {
    return this.options.assets;
  }

  /** What it pays on. */
  get ledger(): Chain {
    return this.options.chain;
  }

  get chain(): Watchable<ChainState> {
    return this.options.chain.state;
  }

  get head(): Watchable<number | undefined> {
    return this.options.chain.head;
  }

  watchBalance(asset: string): Watchable<Balance | undefined> {
    return this.options.chain.watchBalance(assetNamed(asset, this.assets), this.#account);
  }

  async estimateFee(order: PaymentOrder): Promise<bigint> {
    const { chain, device } = this.options;
    return chain.estimateFee(this.#orderOf(order), device.log.at(-1)!.scheme);
  }

  async pay(
    order: PaymentOrder,
    { maxFee, wallet, inConversation = false }: PayOptions = {},
  ): Promise<Payment> {
    const transferOrder = this.#orderOf(order);
    const payer = this.#payer(wallet);
    const peer = bytesToHex(transferOrder.to);
    // Nobody is paid whose devices are in doubt.
    if (inConversation) await this.options.messaging.directory.requireTrust(peer);
    const transfer = await this.options.chain.transfer(transferOrder, payer, {
      ...(maxFee === undefined ? {} : { maxFee }),
      ...(inConversation ? { store: (signed) => this.#writeDown(transferOrder, signed) } : {}),
    });
    if (inConversation) this.#follow(peer, order.id);
    return show(transfer, this.assets)!;
  }

  watch(id: string): Watchable<Payment | undefined> {
    const transfer = this.options.chain.watchTransfer(id);
    return computed(() => show(transfer.value, this.assets));
  }

  reconnect(): void {
    this.options.chain.reconnect();
  }

  /** A peer's claim to have paid was stored. */
  claimed(peer: AccountHex, id: IdHex): void {
    this.#claims.check(peer, id);
  }

  /** Goes on with everything that had not come to its end when the client was last closed. */
  async resume(): Promise<void> {
    const { db } = this.options;
    for (const { peer, id, mine } of [...(await unfinishedPayments(db)), ...(await unknownClaims(db))]) {
      if (mine) this.#follow(peer, id);
      else this.claimed(peer, id);
    }
  }

  close(): void {
    this.#claims.close();
    for (const stop of this.#following.values()) stop();
    this.#following.clear();
    this.options.chain.close();
  }

  #orderOf({ id, to, asset, amount }: PaymentOrder): TransferOrder {
    return {
      id,
      asset: assetNamed(asset, this.assets),
      amount,
      from: this.#account,
      to: parseComingId(to),
    };
  }

  #payer(wallet: WalletPayer | undefined): Payer {
    const { seed } = this.options.device;
    if (seed) return { seed, account: this.#account };
    if (!wallet) throw new ComingError('wallet-unavailable', 'the key of this account is in a wallet');
    return wallet;
  }

  /** Commits a signed transfer together with the message that shows it. */
  async #writeDown({ id, asset, amount, from, to }: TransferOrder, signed: Change): Promise<void> {
    const { messaging, chain, now } = this.options;
    const peer = bytesToHex(to);
    const text = `${formatAmount(amount, asset.decimals)} ${asset.symbol}`;
    const sentAt = now();
    await messaging.write(peer, async (db) => [
      signed,
      // None is added when it stands there: a transfer that failed is made anew.
      ...(await appendMessage(
        db,
        { peer, id, mine: true, text, sentAt, state: 'queued', isPayment: true },
        sentAt,
      )),
      putPayment({
        peer,
        id,
        mine: true,
        genesis: chain.genesis,
        asset: asset.caip19,
        amount,
        from: bytesToHex(from),
        to: peer,
        place: undefined,
        state: 'open',
        refutal: undefined,
      }),
    ]);
  }

  #follow(peer: AccountHex, id: IdHex): void {
    if (this.#following.has(id)) return;
    const { chain, changed, failed } = this.options;
    const stop = chain.watchTransfer(id).subscribe((transfer) => {
      if (!transfer) return;
      changed(peer);
      this.#tell(peer, transfer).catch(failed);
      if (hasEnded(transfer)) queueMicrotask(() => this.#unfollow(id));
    });
    this.#following.set(id, stop);
  }

  #unfollow(id: IdHex): void {
    this.#following.get(id)?.();
    this.#following.delete(id);
  }

  /** Tells the peer where the transfer stands, once for each place. */
  async #tell(peer: AccountHex, { id, hash, block, problem, state }: Transfer): Promise<void> {
    // When this node no longer knows how it went, the receiver's may.
    if (problem && problem !== 'block-too-old') return;
    if (!block || !hash || (state !== 'in-block' && state !== 'final')) return;
    const place = { block: block.hash, extrinsic: block.index, hash };
    await this.options.messaging.write(peer, async (db, queue) => {
      const row = await paymentOf(db, { peer, mine: true, id });
      const message = await ownMessage(db, peer, id);
      if (!row || !message || isSamePlace(row.place, place)) return [];
      const told = { ...row, place };
      return [putPayment(told), await queue(paymentContent(message, told)!, id)];
    });
  }
}

/** Nothing is shown before something is signed. */
function show(transfer: Transfer | undefined, assets: readonly Asset[]): Payment | undefined {
  if (!transfer || transfer.state === 'draft' || transfer.hash === undefined) return undefined;
  const { state, hash } = transfer;
  return showTransfer({ ...transfer, state, hash }, undefined, assets);
}
