/**
 * Payments as elements, dApps and bots see them, as types.
 *
 * @module
 */
import type { ErrorCode } from '../errors.js';
import type { Asset } from '../ledger/assets.js';
import type { Balance, ChainState, Trust, WalletPayer } from '../ledger/chain.js';
import type { Refutal } from '../store/records.js';
import type { Watchable } from '../transport/index.js';

export type { Asset, Balance, ChainState, Refutal, Trust, WalletPayer };

export type PaymentState =
  // of one's own, in this order
  | 'signed' // stored here; perhaps on its way
  | 'broadcast' // a node of the chain has it
  | 'in-block' // in a block that is not final yet
  | 'retracted' // was in a block that did not last; goes out again
  | 'final' // done for good
  | 'failed' // see `problem`; with a `block`, the fee was paid
  | 'expired' // no block can take it any more; nothing was paid
  // of both sides
  | 'received' // the receiver's own core found it in a final block
  // of the other's, until it is `received`
  | 'arriving' // they say so, and the chain has not borne it out yet
  | 'refuted'; // they say so, and the chain says otherwise; see `refutal`

/** A payment as it stands; `amount` counts base units. */
export interface Payment {
  /** 32 hexadecimal digits: what is paid for, and so the id of its message too. */
  readonly id: string;
  readonly mine: boolean;
  /** CAIP-19 */
  readonly asset: string;
  /** Undefined when the asset is not in this client's table. */
  readonly symbol: string | undefined;
  readonly decimals: number;
  readonly amount: bigint;
  /** Coming IDs. */
  readonly from: string;
  readonly to: string;
  readonly state: PaymentState;
  readonly problem: ErrorCode | undefined;
  readonly refutal: Refutal | undefined;
  /** What it costs, in base units of the chain's own coin; undefined of somebody else's. */
  readonly fee: bigint | undefined;
  /** BLAKE2b-256 of the extrinsic, by which explorers name it. */
  readonly hash: string | undefined;
  /** Where it stands in the chain, as far as is known. */
  readonly block: { readonly hash: string; readonly index: number } | undefined;
  /** What it rests on that this ended as it did; undefined until then, and of what an older version stored. */
  readonly trust: Trust | undefined;
}

export interface PaymentOrder {
  /** 32 hexadecimal digits, new for everything that is paid for: the same id is never paid twice. */
  readonly id: string;
  /** Coming ID */
  readonly to: string;
  /** CAIP-19 */
  readonly asset: string;
  /** Base units. */
  readonly amount: bigint;
}

export interface PayOptions {
  /** The fee that the person agreed to; a higher one is refused with `fee-changed`. */
  readonly maxFee?: bigint;
  /** Signs for an account whose key is in a wallet; a guest's own key signs otherwise. */
  readonly wallet?: WalletPayer;
  /** Shows the payment in the conversation with the receiver, and tells them where to find it. */
  readonly inConversation?: boolean;
}

/** What pays, and what it pays on. */
export interface Payments {
  /** What can be paid with; the first is the usual one. */
  readonly assets: readonly Asset[];
  /** The chain's own coin, which pays fees. */
  readonly feeAsset: Asset;
  /** How the connection to the chain is. */
  readonly chain: Watchable<ChainState>;
  /** The number of the latest block; undefined until it is known. Follows the chain while somebody listens. */
  readonly head: Watchable<number | undefined>;
  /**
   * What this account holds; undefined until it is known. Follows the chain while somebody listens.
   *
   * @throws `unknown-asset`
   */
  watchBalance(asset: string): Watchable<Balance | undefined>;
  /**
   * What a payment would cost, in base units of {@link feeAsset}.
   *
   * @throws `unknown-asset`, `invalid-coming-id`, `own-account`, `amount-zero`, `amount-too-large`,
   *   `chain-unreachable`, `wrong-chain`, `chain-unsupported`
   */
  estimateFee(order: PaymentOrder): Promise<bigint>;
  /**
   * Signs once, stores what was signed, and sends it until the chain took it or no longer can.
   *
   * Resolves when it is stored. A payment of this id that is under way is not signed again.
   *
   * @throws as {@link estimateFee}, and `insufficient-balance`, `insufficient-fee-balance`, `fee-changed`,
   *   `wallet-unavailable` (no signer was given, and none is needed for guests only), `wallet-refused`,
   *   `transfer-exists`, `device-log-forked`, `device-log-stepped-back`, `storage-full`
   */
  pay(order: PaymentOrder, options?: PayOptions): Promise<Payment>;
  /** A payment of one's own; undefined while there is none of this id. */
  watch(id: string): Watchable<Payment | undefined>;
  /** Connects to the chain at once when it waits to try again. */
  reconnect(): void;
}
