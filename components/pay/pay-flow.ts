/**
 * One payment from agreeing to it until it is settled: what was agreed to is made once and never changes.
 *
 * A second click, another try and a fee that rose all speak of the same order, so it is paid once at most.
 *
 * @module
 */
import type { ReactiveControllerHost } from 'lit';
import type { Asset, Me, Payment, PaymentOrder, Payments } from '../../core/client.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';
import { Watch } from '../internal/watch.js';
import { hasFailed, isDone } from './lines.js';

/** `signing` lasts until the payment is stored; from then on `payment` says how it is. */
export type Stage = 'choosing' | 'agreeing' | 'signing' | 'under-way';

/** What is paid, and in what. It is what the visitor sees, and it never changes. */
export interface Agreed {
  readonly order: PaymentOrder;
  readonly asset: Asset;
  /** What the recipient is called; empty when nobody knows. */
  readonly name: string;
}

/** What a payment is made for, beside its order. */
export interface Purpose {
  readonly me: Me;
  readonly inConversation: boolean;
}

/** Holds what its host's visitor is about to pay, or is paying. */
export class PayFlow {
  readonly #host: ReactiveControllerHost;
  readonly #payment: Watch<Payment | undefined>;
  #stage: Stage = 'choosing';
  #payments: Payments | undefined;
  #agreed: Agreed | undefined;
  #fee: bigint | undefined;
  #feeBefore: bigint | undefined;
  #problem: ErrorCode | undefined;
  /** Grows with every estimate, so that one that was overtaken is ignored. */
  #turn = 0;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    this.#payment = new Watch(host);
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** Undefined while it is being chosen. */
  get agreed(): Agreed | undefined {
    return this.#agreed;
  }

  /** What the network wants for it; undefined until it is known. */
  get fee(): bigint | undefined {
    return this.#fee;
  }

  /** The fee that was agreed to, when the network wants more than that. */
  get feeBefore(): bigint | undefined {
    return this.#feeBefore;
  }

  /** Why the last step failed. */
  get problem(): ErrorCode | undefined {
    return this.#problem;
  }

  /** The payment itself, once there is one. */
  get payment(): Payment | undefined {
    return this.#payment.value;
  }

  /** Something was or may have been signed, and has not come to an end. */
  get isBusy(): boolean {
    if (this.#stage === 'signing') return true;
    return (
      this.#stage === 'under-way' && !(this.payment && (isDone(this.payment) || hasFailed(this.payment)))
    );
  }

  /** Forgets the order. What was signed goes on by itself. */
  reset(): void {
    this.#turn += 1;
    this.#agreed = this.#fee = this.#feeBefore = this.#problem = undefined;
    this.#payment.follow(undefined);
    this.#go('choosing');
  }

  /** Makes the order that is shown from now on, and asks what it costs. */
  agree(payments: Payments, asset: Asset, to: string, amount: bigint, name: string): Promise<void> {
    this.#payments = payments;
    this.#agreed = { order: Object.freeze({ id: newId(), to, asset: asset.caip19, amount }), asset, name };
    this.#feeBefore = undefined;
    this.#go('agreeing');
    return this.estimate();
  }

  /** Asks anew what the order costs. */
  async estimate(): Promise<void> {
    const order = this.#agreed?.order;
    if (!order || !this.#payments) return;
    const turn = ++this.#turn;
    this.#fee = this.#problem = undefined;
    this.#host.requestUpdate();
    let fee: bigint | undefined;
    let problem: ErrorCode | undefined;
    try {
      fee = await this.#payments.estimateFee(order);
    } catch (error) {
      problem = codeOf(error);
    }
    if (turn !== this.#turn) return;
    this.#fee = fee;
    this.#problem = problem;
    this.#host.requestUpdate();
  }

  /** Pays, if that is what is being asked; a second call while the first goes on does nothing. */
  async confirm({ me, inConversation }: Purpose): Promise<void> {
    const payments = this.#payments;
    const order = this.#agreed?.order;
    const maxFee = this.#fee;
    if (this.#stage !== 'agreeing' || !payments || !order || maxFee === undefined) return;
    this.#problem = this.#feeBefore = undefined;
    this.#go('signing');
    this.#payment.follow(payments.watch(order.id));
    try {
      const wallet = me.kind === 'wallet' ? await walletOf(me) : undefined;
      await payments.pay(order, { maxFee, inConversation, ...(wallet && { wallet }) });
      if (this.#agreed?.order === order) this.#go('under-way');
    } catch (error) {
      if (this.#agreed?.order !== order) return;
      this.#payment.follow(undefined);
      this.#go('agreeing');
      const problem = codeOf(error);
      if (problem === 'fee-changed') {
        await this.estimate();
        if (this.#fee !== undefined) this.#feeBefore = maxFee;
      } else {
        this.#problem = problem;
      }
      this.#host.requestUpdate();
    }
  }

  /** After a payment that came to nothing: asks whether to try the same once more. */
  askAgain(): Promise<void> {
    if (this.isBusy) return Promise.resolve();
    this.#payment.follow(undefined);
    this.#go('agreeing');
    return this.estimate();
  }

  #go(stage: Stage): void {
    this.#stage = stage;
    this.#host.requestUpdate();
  }
}

async function walletOf(me: Me) {
  const { walletPayer } = await import('../wallet/wallet.js');
  return walletPayer(me.comingId);
}

function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
