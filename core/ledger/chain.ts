/**
 * A chain as the rest of the kit sees it: balances, fees, transfers, and whether a payment really happened.
 *
 * Types only; what is behind them is loaded by `openChain`.
 *
 * @module
 */
import type { ErrorCode } from '../errors.js';
import type { GuestAccount, SignatureScheme } from '../identity/index.js';
import type { Change, Database, NotPaid, TransferRow } from '../store/index.js';
import type { Watchable } from '../transport/index.js';
import type { Asset } from './assets.js';

/** The part of `WebSocket` that is used; Node's `ws` has it too. */
export interface ChainSocket {
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string): void;
  close(): void;
}

export type ChainSocketConstructor = new (url: string) => ChainSocket;

export interface ChainOptions {
  /**
   * WebSocket addresses of nodes, each of another host. One is used at a time, the next one when it fails. With two or
   * more, what final blocks hold is believed when two nodes agree on it.
   */
  readonly endpoints: readonly string[];
  /** The hash of the first block: no other chain is spoken to. */
  readonly genesis: string;
  /** Where transfers are kept; this context must own it. */
  readonly database: Database;
  /** The platform's `WebSocket` by default. */
  readonly webSocket?: ChainSocketConstructor | undefined;
  /**
   * Runs the work while no other context signs for this account, e.g. under a Web Lock. Within this
   * client, one transfer per account is made at a time anyway.
   */
  readonly exclusively?: (<T>(account: string, work: () => Promise<T>) => Promise<T>) | undefined;
}

export type ChainState =
  | 'connecting'
  | 'online'
  | 'offline' // will try again
  | 'wrong-chain' // a node of another chain answered; will try again, perhaps elsewhere
  | 'closed';

/** How much a statement about the chain is worth. */
export type Trust =
  | 'proven' // by a Merkle proof, down from a final block on which two nodes agree
  | 'asserted'; // by one node, which could be lying

/** Base units of one asset. */
export interface Balance {
  readonly total: bigint;
  /** What a transfer can spend. */
  readonly usable: bigint;
  /** Locked by the owner's own doing, e.g. votes, frozen, or what the chain wants every account to keep. */
  readonly locked: bigint;
  /** Held back for something under way: deposits, orders, withdrawals. */
  readonly reserved: bigint;
  /** The part of `reserved` that waits to be paid out in Bitcoin. */
  readonly withdrawing: bigint;
  readonly trust: Trust;
}

/** Something that the chain has stored. */
export interface StorageRead {
  /** As the chain's metadata describes it; accounts are SS58 addresses. Undefined when nothing is stored. */
  readonly value: unknown;
  readonly trust: Trust;
  /** The final block whose state was read. */
  readonly block: { readonly hash: string; readonly number: number };
}

/** What is to be paid. Accounts are 32-byte keys, from a verified contact and never from a text in a message. */
export interface TransferOrder {
  /** 32 hexadecimal digits: the same id is never paid twice. */
  readonly id: string;
  readonly asset: Asset;
  readonly amount: bigint;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

/** What wallet extensions call `SignerPayloadJSON`. */
export interface SignerPayload {
  readonly address: string;
  readonly blockHash: `0x${string}`;
  readonly blockNumber: `0x${string}`;
  readonly era: `0x${string}`;
  readonly genesisHash: `0x${string}`;
  readonly method: `0x${string}`;
  readonly nonce: `0x${string}`;
  readonly specVersion: `0x${string}`;
  readonly tip: `0x${string}`;
  readonly transactionVersion: `0x${string}`;
  readonly signedExtensions: string[];
  readonly version: number;
}

/** An account whose key is in a wallet extension. */
export interface WalletPayer {
  /** SS58 address of the account, any prefix. */
  readonly address: string;
  readonly scheme: SignatureScheme;
  /** Asks the person, who sees what is in the payload. */
  signPayload(payload: SignerPayload): Promise<{ readonly signature: string }>;
}

/** An account whose key is at hand, e.g. a bot's: no person is asked. */
export interface KeyPayer {
  readonly account: Uint8Array;
  readonly scheme: SignatureScheme;
  /** Signs these bytes as they are; 64 bytes come back, 65 for ecdsa. */
  sign(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

export type Payer = GuestAccount | KeyPayer | WalletPayer;

/** A call that is no transfer, as the chain's metadata describes it, e.g. `Identity.set_identity`. */
export interface ChainCall {
  readonly pallet: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface TransferOptions {
  /** The fee that the person agreed to; a higher one is refused with `fee-changed`. */
  readonly maxFee?: bigint;
  /** Commits the signed transfer, together with whatever the caller writes beside it; alone by default. */
  readonly store?: (signed: Change) => Promise<void>;
}

/** How a transfer is doing. */
export interface Transfer extends Omit<TransferRow, 'extrinsic' | 'state' | 'hash' | 'genesis'> {
  readonly state: 'draft' | TransferRow['state'];
  /** Undefined until it is signed. */
  readonly hash: string | undefined;
}

/** A transaction in a block, and how it went. */
export interface FoundTransaction {
  readonly block: { readonly hash: string; readonly number: number; readonly index: number };
  readonly isFinal: boolean;
  /** The chain's own name of why it was not carried out; undefined when it was. */
  readonly chainError: string | undefined;
}

/** What somebody says they paid: everything but the accounts is their word. */
export interface PaymentClaim {
  readonly genesis: string;
  readonly block: string;
  readonly extrinsic: number;
  readonly asset: Asset;
  readonly amount: bigint;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

/** Names one event of one chain for good; a payment is counted once by remembering it. */
export type EventId = string;

export type Verdict =
  | {
      readonly paid: true;
      /** Every event that fits the claim: more than one when a batch pays the same twice. */
      readonly events: readonly EventId[];
      readonly blockNumber: number;
      readonly trust: Trust;
    }
  | { readonly paid: false; readonly why: NotPaid };

export interface Chain {
  readonly genesis: string;
  readonly state: Watchable<ChainState>;
  /** The number of the best block; undefined until it is known. Asked for while somebody listens. */
  readonly head: Watchable<number | undefined>;
  /**
   * Proven as of the last block that two nodes hold for final; as of the best block when one node asserts it, because
   * no other was named or can be reached.
   *
   * @throws ComingError `chain-unreachable`, `nodes-disagree`, `unknown-asset`, `chain-unsupported`
   */
  balance(asset: Asset, account: Uint8Array): Promise<Balance>;
  /**
   * Undefined until it is known; goes on through reconnections for as long as somebody listens. What is new is
   * asserted at first, and proven as soon as a final block bears it out.
   */
  watchBalance(asset: Asset, account: Uint8Array): Watchable<Balance | undefined>;
  /**
   * Reads what a final block has stored, e.g. `readStorage('Identity', 'IdentityOf', account)`.
   *
   * @param keys - Accounts are 32 bytes; everything else is as the metadata wants it.
   * @throws ComingError `chain-unreachable`, `nodes-disagree`, `block-too-old`, `chain-unsupported` (no such storage)
   */
  readStorage(pallet: string, item: string, ...keys: readonly unknown[]): Promise<StorageRead>;
  /**
   * What a transfer would cost, exactly, in the chain's own coin.
   *
   * @throws ComingError `chain-unreachable`, `unknown-asset`, `invalid-recipient`, `chain-unsupported`
   */
  estimateFee(order: TransferOrder, scheme: SignatureScheme): Promise<bigint>;
  /**
   * Signs once, stores the signed bytes, then sends them until the chain took them or no longer can.
   *
   * Resolves when the bytes are stored. A transfer that was begun before is not signed again: the one under way is
   * returned. Only one that failed or expired is made anew.
   *
   * @throws ComingError `insufficient-balance`, `insufficient-fee-balance`, `fee-changed`, `wallet-refused`,
   *   `wallet-signed-other`, `own-account`, `invalid-recipient`, `amount-zero`, `amount-too-large`, `unknown-asset`, `transfer-exists`,
   *   `chain-unreachable`, `chain-unsupported`, `storage-full`, `not-owner`
   */
  transfer(order: TransferOrder, payer: Payer, options?: TransferOptions): Promise<Transfer>;
  /** What the runtime fixes, e.g. a deposit. @throws ComingError `chain-unreachable`, `chain-unsupported` (no such constant) */
  readConstant(pallet: string, name: string): Promise<unknown>;
  /** What a call would cost. @throws ComingError `chain-unreachable`, `chain-unsupported` */
  estimateCallFee(call: ChainCall, account: Uint8Array, scheme: SignatureScheme): Promise<bigint>;
  /**
   * Signs a call once, sends it as long as the chain can take it, and resolves when a final block has carried it out. It is
   * not stored: whoever is interrupted looks at the chain, and makes it anew.
   *
   * @param maxFee - The fee that the person agreed to.
   * @throws ComingError `insufficient-fee-balance`, `fee-changed`, `wallet-refused`, `wallet-signed-other`, `chain-unreachable`,
   *   `chain-unsupported`; `transfer-failed` and what else the chain refuses it with, `transfer-expired`
   */
  submit(call: ChainCall, payer: Payer, maxFee?: bigint): Promise<void>;
  /** Undefined while there is no such transfer. */
  watchTransfer(id: string): Watchable<Transfer | undefined>;
  /**
   * Looks for a transaction by its hash in the blocks that can hold it, on what the node in use holds for the best
   * chain; undefined when none does.
   *
   * @param era - As a {@link Transfer} has it: behind the first block, up to the last; at most 64.
   * @throws ComingError `chain-unreachable`, `block-too-old`, `chain-unsupported`
   */
  findTransaction(
    hash: string,
    era: { readonly firstBlock: number; readonly lastBlock: number },
  ): Promise<FoundTransaction | undefined>;
  /**
   * Looks for the payment in the chain itself; waits until the block is final. Where several endpoints were named, two
   * nodes must agree.
   *
   * @throws ComingError `chain-unreachable`, `nodes-disagree`, `block-too-old`, `unknown-asset`; whatever `signal` was
   *   aborted with
   */
  verify(claim: PaymentClaim, signal?: AbortSignal): Promise<Verdict>;
  /** Connects at once when it waits to try again. */
  reconnect(): void;
  close(): void;
}

/** A problem that a transfer can end with. */
export interface Problem {
  readonly code: ErrorCode;
  readonly chainError: string | undefined;
}
