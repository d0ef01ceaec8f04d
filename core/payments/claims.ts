/**
 * Decides whether peers paid what they say they paid: by the chain, never by their word.
 *
 * A claim stays open until a final block bears it out or contradicts it. Each event of the chain is
 * counted for one payment, so that showing the same transfer twice pays once. Where no node knows any more what
 * happened in a block, nothing is contradicted: that is shown, and looked into again the next time.
 *
 * @module
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { codeOf, type ErrorCode } from '../errors.js';
import { assetNamed, type Asset } from '../ledger/assets.js';
import type { Chain, EventId, Trust } from '../ledger/chain.js';
import { isSamePlace, paymentOf, putPayment, type Messaging } from '../messaging/index.js';
import {
  put,
  type AccountHex,
  type Change,
  type Database,
  type IdHex,
  type PaymentRow,
  type Refutal,
} from '../store/index.js';
import { Backoff } from '../transport/index.js';

export interface ClaimsOptions {
  readonly db: Database;
  readonly messaging: Messaging;
  readonly chain: Chain;
  readonly assets: readonly Asset[];
  /** The account that is paid. */
  readonly account: AccountHex;
  /** Called with an error of the background work that nobody waits for. */
  readonly failed: (error: unknown) => void;
}

type Judgement =
  { readonly events: readonly EventId[]; readonly trust: Trust } | { readonly refutal: Refutal };

// The chain is away or answers nonsense: it may know better later.
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'chain-unreachable',
  'wrong-chain',
  'nodes-disagree',
]);

/** Not the chain's answer, but that of nodes which no longer know. */
const UNKNOWN = 'block-too-old';

interface Check {
  readonly id: IdHex;
  readonly stop: AbortController;
}

export class Claims {
  /** The last check that was asked for, by peer: the chain is asked for one at a time of each. */
  readonly #turns = new Map<AccountHex, Promise<void>>();
  readonly #running = new Map<AccountHex, Check>();
  readonly #waiting = new Map<string, () => void>();
  readonly #backoff = new Backoff(1000, 60_000);
  readonly #stopListening: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(private readonly options: ClaimsOptions) {
    this.#stopListening = options.chain.state.subscribe((state) => {
      if (state === 'online') this.#retryAll();
    });
  }

  /** Checks a claim that was stored, or stored anew. */
  check(peer: AccountHex, id: IdHex): void {
    if (this.#closed) return;
    const running = this.#running.get(peer);
    if (running?.id === id) running.stop.abort(); // it looks for the payment where it no longer is
    this.#refuteAtOnce(peer, id).then((isRefuted) => {
      if (isRefuted) return;
      const turn = (this.#turns.get(peer) ?? Promise.resolve()).then(() => this.#check(peer, id));
      this.#turns.set(peer, turn);
    }, this.options.failed);
  }

  close(): void {
    this.#closed = true;
    this.#stopListening();
    clearTimeout(this.#timer);
    for (const { stop } of this.#running.values()) stop.abort();
  }

  /** What needs no chain waits for none, nor for what does. */
  async #refuteAtOnce(peer: AccountHex, id: IdHex): Promise<boolean> {
    const row = await paymentOf(this.options.db, { peer, mine: false, id });
    const refutal = row && isUndecided(row) ? this.#refutal(row) : undefined;
    if (this.#closed || !row || !refutal) return false;
    await this.#settle(row, { refutal });
    return true;
  }

  async #check(peer: AccountHex, id: IdHex): Promise<void> {
    if (this.#closed) return;
    const { db, failed } = this.options;
    const check: Check = { id, stop: new AbortController() };
    this.#running.set(peer, check);
    try {
      const row = await paymentOf(db, { peer, mine: false, id });
      if (!row || !isUndecided(row)) return;
      await this.#settle(row, await this.#judge(row, check.stop.signal));
    } catch (error) {
      if (this.#closed || check.stop.signal.aborted) return;
      if (PASSING.has(codeOf(error))) this.#retryLater(peer, id);
      else failed(error);
    } finally {
      this.#running.delete(peer);
    }
  }

  /** Why a claim cannot be true, whatever the chain holds. */
  #refutal({ genesis, asset, from, to, peer, place }: PaymentRow): Refutal | undefined {
    const { chain, assets, account } = this.options;
    if (genesis !== chain.genesis) return 'other-chain';
    if (!assets.some(({ caip19 }) => caip19 === asset)) return 'unknown-asset';
    if (from !== peer || to !== account) return 'other-account';
    return place ? undefined : 'malformed';
  }

  async #judge(row: PaymentRow, signal: AbortSignal): Promise<Judgement> {
    const { chain, assets, account } = this.options;
    const refutal = this.#refutal(row);
    if (refutal) return { refutal };
    const { genesis, amount } = row;
    const { block, extrinsic } = row.place!;
    const asset = assetNamed(row.asset, assets);
    const [from, to] = [hexToBytes(row.peer), hexToBytes(account)];
    try {
      const verdict = await chain.verify({ genesis, block, extrinsic, asset, amount, from, to }, signal);
      return verdict.paid ? { events: verdict.events, trust: verdict.trust } : { refutal: verdict.why };
    } catch (error) {
      if (codeOf(error) === UNKNOWN) return { refutal: UNKNOWN };
      throw error;
    }
  }

  /** Writes the judgement down, unless what was judged was replaced meanwhile. */
  async #settle({ peer, id, place }: PaymentRow, judgement: Judgement): Promise<void> {
    await this.options.messaging.write(peer, async (db) => {
      const row = await paymentOf(db, { peer, mine: false, id });
      if (!row || !isUndecided(row) || !isSamePlace(row.place, place)) return [];
      if ('refutal' in judgement) return refuted(row, judgement.refutal);
      for (const event of judgement.events) {
        if (!(await db.get('paidEvents', event))) return received(row, event, judgement.trust);
      }
      return refuted(row, 'counted-before');
    });
  }

  #retryLater(peer: AccountHex, id: IdHex): void {
    this.#waiting.set(`${peer} ${id}`, () => this.check(peer, id));
    this.#timer ??= setTimeout(() => this.#retryAll(), this.#backoff.next());
  }

  #retryAll(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const again of waiting) again();
  }
}

/** Peers' claims that no node could tell anything about when they were looked into; another one may. */
export async function unknownClaims(db: Database): Promise<PaymentRow[]> {
  const rows = (await db.list('payments')).map(({ value }) => value);
  return rows.filter(({ mine, refutal }) => !mine && refutal === UNKNOWN);
}

function isUndecided({ state, refutal }: PaymentRow): boolean {
  return state === 'open' || refutal === UNKNOWN;
}

function refuted(row: PaymentRow, refutal: Refutal): Change[] {
  return [putPayment({ ...row, state: 'refuted', refutal })];
}

function received(row: PaymentRow, event: EventId, trust: Trust): Change[] {
  const { peer, id } = row;
  return [
    putPayment({ ...row, state: 'received', refutal: undefined, trust }),
    put('paidEvents', event, { peer, id }),
    put('receipts', [peer, 'paid', id], { peer, kind: 'paid', contentId: id }),
  ];
}
