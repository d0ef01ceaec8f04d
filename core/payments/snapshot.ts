/**
 * A payment as it is shown: what is stored in the conversation, joined with the transfer it is.
 *
 * @module
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { encodeAddress } from '../identity/index.js';
import type { Asset } from '../ledger/assets.js';
import { paymentOf } from '../messaging/index.js';
import type { Database, PaymentRow, TransferRow } from '../store/index.js';
import type { Payment } from './types.js';

type TransferFacts = Omit<TransferRow, 'extrinsic' | 'genesis'>;

/** The payment of a message; undefined when there is none. */
export async function storedPayment(
  db: Database,
  message: Pick<PaymentRow, 'peer' | 'mine' | 'id'>,
  assets: readonly Asset[],
): Promise<Payment | undefined> {
  const row = await paymentOf(db, message);
  if (!row) return undefined;
  const transfer = row.mine ? await db.get('transfers', row.id) : undefined;
  if (transfer) return showTransfer(transfer, row, assets);
  return row.mine ? showCopy(row, assets) : showClaim(row, assets);
}

/** A payment of one's own. */
export function showTransfer(
  transfer: TransferFacts,
  row: PaymentRow | undefined,
  assets: readonly Asset[],
): Payment {
  const { id, fee, hash, block, problem, state } = transfer;
  return {
    ...facts({ ...transfer, mine: true }, assets),
    id,
    // What the receiver says counts only on top of what the chain says.
    state: state === 'final' && row?.state === 'received' ? 'received' : state,
    problem,
    refutal: undefined,
    fee,
    hash,
    block: block && { hash: block.hash, index: block.index },
    trust: transfer.trust,
  };
}

/** A payment that another device of this account made: that one saw it in a block, and the receiver may say more. */
function showCopy(row: PaymentRow, assets: readonly Asset[]): Payment {
  const state = row.state === 'received' ? 'received' : 'in-block';
  return { ...showClaim(row, assets), state, hash: row.place?.hash };
}

function showClaim(row: PaymentRow, assets: readonly Asset[]): Payment {
  const { id, place, state, refutal } = row;
  return {
    ...facts(row, assets),
    id,
    state: state === 'open' ? 'arriving' : state,
    problem: undefined,
    refutal,
    fee: undefined,
    hash: undefined, // theirs to say, and nobody checked it; block and index say where it is
    block: place && { hash: place.block, index: place.extrinsic },
    trust: row.trust,
  };
}

function facts(
  { mine, asset, amount, from, to }: Pick<PaymentRow, 'mine' | 'asset' | 'amount' | 'from' | 'to'>,
  assets: readonly Asset[],
): Pick<Payment, 'mine' | 'asset' | 'symbol' | 'decimals' | 'amount' | 'from' | 'to'> {
  const known = assets.find(({ caip19 }) => caip19 === asset);
  return {
    mine,
    asset,
    symbol: known?.symbol,
    decimals: known?.decimals ?? 0,
    amount,
    from: encodeAddress(hexToBytes(from)),
    to: encodeAddress(hexToBytes(to)),
  };
}
