/**
 * Assets as the chain's pallets have them: the call that moves one, the storage that holds it, the event that
 * says it was moved.
 *
 * @module
 */
import { ComingError } from '../../errors.js';
import { isAmount } from '../amount.js';
import { requireAssetOn, type Asset, type AssetLedger } from '../assets.js';
import type { Balance, TransferOrder } from '../chain.js';
import {
  accountBytes,
  isVariant,
  type Runtime,
  type Stored,
  type StorageItem,
  type Variant,
} from './runtime.js';

/** Chains renamed the first in 2023; what it does is the same where the existential deposit is 0. */
const TRANSFERS = ['transfer', 'transfer_allow_death'];
const KEEPING = ['transfer_keep_alive'];

/** A balance, whoever says so. */
export type Holding = Omit<Balance, 'trust'>;

/** What an account holds of the coin that pays fees. */
export interface CoinBalance extends Holding {
  readonly usableForFees: bigint;
}

/**
 * Refuses what cannot be transferred, whatever the chain's state is.
 *
 * @throws ComingError `unknown-asset`, `invalid-recipient`, `own-account`, `amount-zero`, `amount-too-large`
 */
export function requireOrder(genesis: string, { asset, amount, from, to }: TransferOrder): void {
  requireAssetOn(genesis, asset);
  if (from.length !== 32) throw new ComingError('invalid-key', 'an account key has 32 bytes');
  if (to.length !== 32 || to.every((byte) => byte === 0)) {
    throw new ComingError('invalid-recipient', 'not the 32 bytes of an account');
  }
  if (equalBytes(from, to)) throw new ComingError('own-account', 'paying oneself moves nothing');
  if (amount === 0n) throw new ComingError('amount-zero', 'nothing to pay');
  if (!isAmount(amount)) throw new ComingError('amount-too-large', 'not an amount that the chain can hold');
}

/** What an asset is to the pallet that keeps it. */
interface Kind {
  call(runtime: Runtime, to: Uint8Array, amount: bigint, id: number): Uint8Array;
  storage(runtime: Runtime, account: Uint8Array, id: number): StorageItem;
  /** @param least - What the chain wants the account to keep of its coin. */
  read(value: unknown, least: bigint): Holding;
  /** The event of a transfer: its pallet, its name, and the names of its fields where it has them. */
  readonly event: readonly [pallet: string, name: string, fields: readonly string[]];
  /** Whether the fields are those of a payment. */
  fits(fields: readonly unknown[], payment: Payment, id: number): boolean;
}

type Payment = Pick<TransferOrder, 'asset' | 'amount' | 'from' | 'to'>;

const KINDS: Readonly<Record<AssetLedger['kind'], Kind>> = {
  balances: {
    call: (runtime, dest, value) =>
      // Where an account ends with its last coins, the rest of them would be lost: such a transfer is not made.
      runtime.call('Balances', leastOf(runtime) > 0n ? KEEPING : TRANSFERS, { dest, value }),
    storage: (runtime, account) => runtime.storage('System', 'Account', account),
    read: readCoinBalance,
    // By name since Substrate 0.9.14, by place before.
    event: ['Balances', 'Transfer', ['from', 'to', 'amount']],
    fits: ([sender, receiver, moved], { amount, from, to }) =>
      isAccount(sender, from) && isAccount(receiver, to) && moved === amount,
  },
  xassets: {
    call: (runtime, dest, value, id) => runtime.call('XAssets', ['transfer'], { dest, id, value }),
    storage: (runtime, account, id) => runtime.storage('XAssets', 'AssetBalance', account, id),
    read: readAssetBalance,
    event: ['XAssets', 'Moved', ['currency_id', 'from', 'from_type', 'to', 'to_type', 'amount']],
    fits: ([currency, sender, senderKind, receiver, receiverKind, moved], { amount, from, to }, id) =>
      currency === id &&
      isAccount(sender, from) &&
      isUsable(senderKind) &&
      isAccount(receiver, to) &&
      isUsable(receiverKind) &&
      moved === amount,
  },
  assets: {
    call: (runtime, target, amount, id) => runtime.call('Assets', ['transfer'], { id, target, amount }),
    storage: (runtime, account, id) => runtime.storage('Assets', 'Account', id, account),
    read: readAssetAccount,
    event: ['Assets', 'Transferred', ['asset_id', 'from', 'to', 'amount']],
    // What would be left of an account below its minimum goes along.
    fits: ([asset, sender, receiver, moved], { amount, from, to }, id) =>
      asset === id && isAccount(sender, from) && isAccount(receiver, to) && (moved as bigint) >= amount,
  },
};

/** The call that moves an amount to somebody else. */
export function transferCall(
  runtime: Runtime,
  { asset, amount, to }: Pick<TransferOrder, 'asset' | 'amount' | 'to'>,
): Uint8Array {
  return KINDS[asset.ledger.kind].call(runtime, to, amount, idOf(asset));
}

/** Where the balance of an account is kept. */
export function balanceStorage(runtime: Runtime, asset: Asset, account: Uint8Array): StorageItem {
  return KINDS[asset.ledger.kind].storage(runtime, account, idOf(asset));
}

/** As {@link balanceStorage}, decoded to what the account holds. */
export function holdingStorage(runtime: Runtime, asset: Asset, account: Uint8Array): Stored<Holding> {
  const { key, decode } = balanceStorage(runtime, asset, account);
  return { key, decode: (answer) => readBalance(asset, decode(answer), leastOf(runtime)) };
}

/** What an account holds of the coin that pays fees. */
export function coinStorage(runtime: Runtime, account: Uint8Array): Stored<CoinBalance> {
  const { key, decode } = runtime.storage('System', 'Account', account);
  return { key, decode: (answer) => readCoinBalance(decode(answer), leastOf(runtime)) };
}

/** What is kept there, as a balance. */
export function readBalance(asset: Asset, value: unknown, least = 0n): Holding {
  return KINDS[asset.ledger.kind].read(value, least);
}

/** What the chain wants an account to keep of its coin: ChainX nothing, most others a little. */
function leastOf(runtime: Runtime): bigint {
  const least = runtime.constant('Balances', 'ExistentialDeposit');
  return typeof least === 'bigint' ? least : 0n;
}

/** Of `System.Account`. */
function readCoinBalance(value: unknown, least = 0n): CoinBalance {
  const { data } = value as { data: Readonly<Record<string, bigint | undefined>> };
  const { free = 0n, reserved = 0n, frozen, miscFrozen, misc_frozen, feeFrozen, fee_frozen } = data;
  // Since 2023 what is reserved counts towards what is frozen, and one number stands for all purposes.
  const lessReserved = frozen === undefined ? undefined : atLeast(0n, frozen - reserved);
  const frozenForTransfers = lessReserved ?? miscFrozen ?? misc_frozen ?? 0n;
  const frozenForFees = lessReserved ?? feeFrozen ?? fee_frozen ?? 0n;
  const usable = atLeast(0n, free - atLeast(least, frozenForTransfers));
  return {
    total: free + reserved,
    usable,
    locked: free - usable,
    reserved,
    withdrawing: 0n,
    usableForFees: atLeast(0n, free - atLeast(least, frozenForFees)),
  };
}

/** Of `XAssets.AssetBalance`: pairs of a kind and an amount. */
function readAssetBalance(value: unknown): Holding {
  const kinds = new Map((value as [Variant, bigint][]).map(([{ type }, amount]) => [type, amount]));
  const total = [...kinds.values()].reduce((sum, amount) => sum + amount, 0n);
  const usable = kinds.get('Usable') ?? 0n;
  const locked = kinds.get('Locked') ?? 0n;
  return {
    total,
    usable,
    locked,
    reserved: total - usable - locked,
    withdrawing: kinds.get('ReservedWithdrawal') ?? 0n,
  };
}

/** Of `Assets.Account`: nothing at all, or an amount that the issuer may have frozen. */
function readAssetAccount(value: unknown): Holding {
  const account = value as
    { readonly balance: bigint; readonly status?: Variant; readonly is_frozen?: boolean } | undefined;
  const total = account?.balance ?? 0n;
  // Older runtimes know only frozen or not.
  const isFree = account?.status ? account.status.type === 'Liquid' : !account?.is_frozen;
  return { total, usable: isFree ? total : 0n, locked: isFree ? 0n : total, reserved: 0n, withdrawing: 0n };
}

/** Whether a decoded event says that this was moved, from what can be spent to what can be spent. */
export function isPayment(event: Variant, payment: Payment): boolean {
  const { event: form, fits } = KINDS[payment.asset.ledger.kind];
  const [pallet, name, names] = form;
  const inner = isVariant(event.value) ? event.value : undefined;
  if (event.type !== pallet || inner?.type !== name) return false;
  return fits(fields(inner.value, names), payment, idOf(payment.asset));
}

/** The number of an asset within its pallet; the coin needs none. */
function idOf({ ledger }: Asset): number {
  return ledger.kind === 'balances' ? 0 : ledger.id;
}

function fields(value: unknown, names: readonly string[]): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  if (typeof value !== 'object' || value === null) return [];
  return names.map((name) => (value as Record<string, unknown>)[name]);
}

function isUsable(kind: unknown): boolean {
  return isVariant(kind) && kind.type === 'Usable';
}

function isAccount(address: unknown, account: Uint8Array): boolean {
  const bytes = accountBytes(address);
  return bytes !== undefined && equalBytes(bytes, account);
}

function atLeast(least: bigint, amount: bigint): bigint {
  return amount < least ? least : amount;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
