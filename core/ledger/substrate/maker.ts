/**
 * Makes a transfer: everything is checked and decided before the one signature is asked for.
 *
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { ComingError } from '../../errors.js';
import { encodeAddress, type SignatureScheme } from '../../identity/index.js';
import type { TransferRow } from '../../store/index.js';
import type { Asset } from '../assets.js';
import type { Payer, TransferOptions, TransferOrder } from '../chain.js';
import {
  coinStorage,
  holdingStorage,
  requireOrder,
  transferCall,
  type CoinBalance,
  type Holding,
} from './calls.js';
import { eraAt } from './era.js';
import { extrinsicHash, unsignedStandIn, type Unsigned } from './extrinsic.js';
import { feeOf } from './fees.js';
import { readHeader, type ChainNode } from './node.js';
import { unsupported, type Runtime, type Stored } from './runtime.js';
import { accountOf, schemeOf, sign } from './signing.js';

/** Nobody expects so many blocks to be retracted at once. */
const DEEP_BLOCKS = 16;

export class TransferMaker {
  constructor(private readonly node: ChainNode) {}

  /** As of the best block. */
  async balance(asset: Asset, account: Uint8Array): Promise<Holding> {
    return this.#stored((runtime) => holdingStorage(runtime, asset, account));
  }

  async estimateFee(order: TransferOrder, scheme: SignatureScheme): Promise<bigint> {
    requireOrder(this.node.genesis, order);
    const unsigned = await this.decide(
      order.from,
      (runtime) => transferCall(runtime, order),
      (next) => next,
    );
    return feeOf(this.node, unsignedStandIn(unsigned, scheme));
  }

  /**
   * @param nonceFrom - Chooses the nonce; is told the next one that the node knows of.
   * @param pending - Transfers of this account that no block holds: what they take is still in its balance.
   */
  async make(
    order: TransferOrder,
    payer: Payer,
    nonceFrom: (next: number) => number,
    { maxFee }: TransferOptions,
    pending: readonly TransferRow[],
  ): Promise<TransferRow> {
    const unsigned = await this.decide(order.from, (runtime) => transferCall(runtime, order), nonceFrom);
    const fee = await this.agreedFee(unsigned, payer, maxFee);
    await this.#requireFunds(order, fee, pending);
    const { id, asset, amount, to } = order;
    const facts = { id, asset: asset.caip19, amount, to: bytesToHex(to) };
    return this.signed(unsigned, payer, fee, facts);
  }

  /** The fee of what is about to be signed. @throws ComingError `fee-changed` */
  async agreedFee(unsigned: Unsigned, payer: Payer, maxFee: bigint | undefined): Promise<bigint> {
    const fee = await feeOf(this.node, unsignedStandIn(unsigned, schemeOf(payer)));
    if (maxFee !== undefined && fee > maxFee) {
      throw new ComingError('fee-changed', 'the fee is higher than what was agreed to');
    }
    return fee;
  }

  /** Asks for the one signature. Throws as `sign`. */
  async signed(
    unsigned: Unsigned,
    payer: Payer,
    fee: bigint,
    facts: Pick<TransferRow, 'id' | 'asset' | 'amount' | 'to'>,
  ): Promise<TransferRow> {
    const extrinsic = await sign(unsigned, payer);
    return {
      ...facts,
      genesis: this.node.genesis,
      from: bytesToHex(unsigned.sender),
      fee,
      nonce: unsigned.nonce,
      firstBlock: unsigned.era.birth,
      lastBlock: unsigned.era.lastBlock,
      extrinsic,
      hash: extrinsicHash(extrinsic),
      state: 'signed',
      block: undefined,
      problem: undefined,
      chainError: undefined,
      signedAt: Date.now(),
    };
  }

  /** @throws ComingError as `Chain.transfer` says of what is wrong with an order */
  requireOrder(order: TransferOrder, payer: Payer): void {
    requireOrder(this.node.genesis, order);
    if (bytesToHex(accountOf(payer)) !== bytesToHex(order.from)) {
      throw new ComingError('invalid-key', 'the payer is another account');
    }
  }

  /** Everything that is decided before the signature. */
  async decide(
    sender: Uint8Array,
    encode: (runtime: Runtime) => Uint8Array,
    nonceFrom: (next: number) => number,
  ): Promise<Unsigned> {
    const [runtime, birth, next] = await Promise.all([
      this.node.latestRuntime(),
      this.#birth(),
      this.node.request('system_accountNextIndex', encodeAddress(sender)),
    ]);
    // A u32 is its own unsigned half.
    if (typeof next !== 'number' || next >>> 0 !== next) throw unsupported('it counts no nonces');
    return {
      runtime,
      call: encode(runtime),
      sender,
      genesis: this.node.genesis,
      era: eraAt(birth.number),
      birthHash: birth.hash,
      nonce: nonceFrom(next),
    };
  }

  /**
   * The block that the era begins with: a final one, so that it cannot be retracted, and the signature with it.
   * Where finality lags behind, a deep one must do, or the era would be over before it begins.
   */
  async #birth(): Promise<{ readonly number: number; readonly hash: string }> {
    const final = await this.node.finalizedHead();
    const best = readHeader(await this.node.request('chain_getHeader'))?.number ?? 0;
    if (best - DEEP_BLOCKS <= final.number) return final;
    const hash = await this.node.blockHash(best - DEEP_BLOCKS);
    return hash === undefined ? final : { number: best - DEEP_BLOCKS, hash };
  }

  async #requireFunds(
    { asset, amount, from }: TransferOrder,
    fee: bigint,
    pending: readonly TransferRow[],
  ): Promise<void> {
    const isCoin = asset.ledger.kind === 'balances';
    const promised = sum(pending.filter((row) => row.asset === asset.caip19).map((row) => row.amount));
    const fees = sum(pending.map((row) => row.fee));
    const [held, paysFees] = await Promise.all([this.balance(asset, from), this.coins(from)]);
    if (held.usable < amount + promised) {
      throw new ComingError('insufficient-balance', 'less is there than is to be paid');
    }
    const left = paysFees.usableForFees - fees - (isCoin ? amount + promised : 0n);
    requireFee(left, fee);
  }

  /** What is there to pay fees with. */
  coins(account: Uint8Array): Promise<CoinBalance> {
    return this.#stored((runtime) => coinStorage(runtime, account));
  }

  async #stored<T>(find: (runtime: Runtime) => Stored<T>): Promise<T> {
    const { key, decode } = find(await this.node.runtime());
    return decode(await this.node.request('state_getStorage', key));
  }
}

export function requireFee(left: bigint, fee: bigint): void {
  if (left < fee) throw new ComingError('insufficient-fee-balance', 'nothing is left to pay the fee with');
}

export function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
