/**
 * How payments in a conversation change; as in `rows.ts`, each function returns what is to be committed.
 *
 * What a peer says is stored as it was said. Whether it is true is decided in `payments`.
 *
 * @module
 */
import {
  put,
  type AccountHex,
  type Change,
  type Database,
  type IdHex,
  type MessageRow,
  type PaymentFacts,
  type PaymentPlace,
  type PaymentRow,
} from '../store/index.js';
import type { Content } from './content.js';
import { takeEarly } from './early.js';
import { appendMessage } from './rows.js';

type Claim = PaymentFacts & { readonly place: PaymentPlace };

/** The row of a payment. */
export function paymentOf(
  db: Database,
  { peer, mine, id }: Pick<PaymentRow, 'peer' | 'mine' | 'id'>,
): Promise<PaymentRow | undefined> {
  return db.get('payments', paymentKey(peer, mine, id));
}

export function putPayment(row: PaymentRow): Change {
  return put('payments', paymentKey(row.peer, row.mine, row.id), row);
}

/** A payment's block is retracted once, hardly ever twice: who names more places keeps a claim from being decided. */
const MOST_MOVES = 8;

interface Circumstances {
  readonly sentAt: number;
  readonly now: number;
  readonly origin: string;
  /** Of a placeholder in whose place it stands. */
  readonly place?: number | undefined;
}

/**
 * Takes a peer's claim to have paid; the same payment at another place replaces one that is not borne out, so many
 * times.
 *
 * @returns no changes when nothing is to be looked for
 */
export async function takeClaim(
  db: Database,
  peer: AccountHex,
  id: IdHex,
  claim: Claim,
  { sentAt, now, origin, place: order }: Circumstances,
): Promise<Change[]> {
  const row: PaymentRow = { peer, id, mine: false, ...claim, state: 'open', refutal: undefined };
  const before = await paymentOf(db, row);
  if (before) {
    const { state, place, moves = 0 } = before;
    const isNews = state !== 'received' && isSamePayment(before, claim) && !isSamePlace(place, claim.place);
    return isNews && moves < MOST_MOVES ? [putPayment({ ...row, moves: moves + 1 })] : [];
  }
  const message = { peer, id, mine: false, text: '', sentAt, state: 'received', isPayment: true } as const;
  const appended = await appendMessage(db, message, now, { origin, place: order });
  return appended.length > 0 ? [...appended, putPayment(row)] : []; // else the id is that of another message
}

/**
 * Takes over a payment that another device of this account made: shown with its place, never signed or followed here.
 *
 * @param text - What stands for it where payments are not known.
 */
export async function takeOwnPayment(
  db: Database,
  peer: AccountHex,
  id: IdHex,
  claim: Claim,
  { text, sentAt, now, origin }: Circumstances & { readonly text: string },
): Promise<Change[]> {
  const row: PaymentRow = { peer, id, mine: true, ...claim, state: 'open', refutal: undefined };
  const before = await paymentOf(db, row);
  if (before) {
    const isMoved = isSamePayment(before, claim) && !isSamePlace(before.place, claim.place);
    return isMoved ? [putPayment({ ...before, place: claim.place })] : [];
  }
  const { early } = await takeEarly(db, row);
  const isPaid = early.some(({ content: { body } }) => body.kind === 'receipt' && body.receipt === 'paid');
  const message = { peer, id, mine: true, text, sentAt, state: 'sent', isPayment: true } as const;
  const appended = await appendMessage(db, message, now, { origin });
  if (appended.length === 0) return []; // the id is that of another message
  return [...appended, putPayment({ ...row, state: isPaid ? 'received' : 'open' })];
}

/** Notes that the receiver found payments of one's own in the chain. */
export async function acknowledge(db: Database, peer: AccountHex, ids: readonly IdHex[]): Promise<Change[]> {
  const rows = await Promise.all(ids.map((id) => paymentOf(db, { peer, mine: true, id })));
  return rows.filter((row) => row?.state === 'open').map((row) => putPayment({ ...row!, state: 'received' }));
}

/** What tells the peer of a payment; undefined as long as it stands nowhere. */
export function paymentContent(
  { id, sentAt, text }: MessageRow,
  row: PaymentRow | undefined,
): Content | undefined {
  if (!row?.place) return undefined;
  const { genesis, asset, amount, from, to, place } = row;
  const payment = { genesis, asset, amount, from, to, place };
  return { id, sentAt, body: { kind: 'payment', fallback: text, payment } };
}

export function isSamePlace(a: PaymentPlace | undefined, b: PaymentPlace | undefined): boolean {
  return a?.block === b?.block && a?.extrinsic === b?.extrinsic && a?.hash === b?.hash;
}

function isSamePayment(a: PaymentFacts, b: PaymentFacts): boolean {
  return (
    a.genesis === b.genesis &&
    a.asset === b.asset &&
    a.amount === b.amount &&
    a.from === b.from &&
    a.to === b.to
  );
}

function paymentKey(peer: AccountHex, mine: boolean, id: IdHex): [string, number, string] {
  return [peer, mine ? 1 : 0, id];
}
