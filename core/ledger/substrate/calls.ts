/**
 * Assets as the chain's pallets have them: the call that moves one, the storage that holds it, the event that
 * says it was moved.
 *
 * @module
 */
import { ComingError } from '../../errors.js';
import { isAmount } from '../amount.js';
import { requireAssetOn, type Asset } from '../assets.js';
import type { Balance, TransferOrder } from '../chain.js';
import { accountBytes, isVariant, type Runtime, type StorageItem, type Variant } from './runtime.js';

/** Chains renamed the first in 2023; what it does is the same where the existential deposit is 0. */
const TRANSFERS = ['transfer', 'transfer_allow_death'];

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

/** The call that moves an amount to somebody else. */
export function transferCall(
  runtime: Runtime,
  { asset, amount, to }: Pick<TransferOrder, 'asset' | 'amount' | 'to'>,
): Uint8Array {
  return asset.ledger.kind === 'balances'
    ? runtime.call('Balances', TRANSFERS, { dest: to, value: amount })
    : runtime.call('XAssets', TRANSFERS, { dest: to, id: asset.ledger.id, value: amount });
}

/** Where the balance of an account is kept. */
export function balanceStorage(runtime: Runtime, asset: Asset, account: Uint8Array): StorageItem {
  return asset.ledger.kind === 'balances'
    ? runtime.storage('System', 'Account', account)
    : runtime.storage('XAssets', 'AssetBalance', account, asset.ledger.id);
}

/** What is kept there, as a balance. */
export function readBalance(asset: Asset, value: unknown): Holding {
  return asset.ledger.kind === 'balances' ? readCoinBalance(value) : readAssetBalance(value);
}

/** Of `System.Account`. */
export function readCoinBalance(value: unknown): CoinBalance {
  const { data } = value as { data: Readonly<Record<string, bigint | undefined>> };
  const { free = 0n, reserved = 0n, frozen, miscFrozen, misc_frozen, feeFrozen, fee_frozen } = data;
  const frozenForTransfers = frozen ?? miscFrozen ?? misc_frozen ?? 0n;
  const frozenForFees = frozen ?? feeFrozen ?? fee_frozen ?? 0n;
  const { locked, usable } = less(free, frozenForTransfers);
  return {
    total: free + reserved,
    usable,
    locked,
    reserved,
    withdrawing: 0n,
    usableForFees: less(free, frozenForFees).usable,
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

/** Whether a decoded event says that exactly this was moved, from what can be spent to what can be spent. */
export function isPayment(
  event: Variant,
  { asset, amount, from, to }: Pick<TransferOrder, 'asset' | 'amount' | 'from' | 'to'>,
): boolean {
  const inner = isVariant(event.value) ? event.value : undefined;
  if (asset.ledger.kind === 'balances') {
    if (event.type !== 'Balances' || inner?.type !== 'Transfer') return false;
    // By name since Substrate 0.9.14, by place before.
    const [sender, receiver, moved] = fields(inner.value, ['from', 'to', 'amount']);
    return isAccount(sender, from) && isAccount(receiver, to) && moved === amount;
  }
  if (event.type !== 'XAssets' || inner?.type !== 'Moved') return false;
  const names = ['currency_id', 'from', 'from_type', 'to', 'to_type', 'amount'];
  const [id, sender, senderKind, receiver, receiverKind, moved] = fields(inner.value, names);
  return (
    id === asset.ledger.id &&
    isAccount(sender, from) &&
    isUsable(senderKind) &&
    isAccount(receiver, to) &&
    isUsable(receiverKind) &&
    moved === amount
  );
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

function less(free: bigint, frozen: bigint): { usable: bigint; locked: bigint } {
  const locked = frozen > free ? free : frozen;
  return { usable: free - locked, locked };
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
