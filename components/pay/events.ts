/**
 * What `<coming-pay>` tells the page.
 *
 * @module
 */
import type { Payment } from '../../core/client.js';

/** The visitor activated the button. When a listener cancels it, nothing opens. */
export class ComingPayRequestEvent extends Event {
  constructor(
    /** Coming ID of whoever is to be paid. */
    readonly recipient: string,
    /** Decimal text; empty when the visitor chooses. */
    readonly amount: string,
    /** CAIP-19 name or symbol; empty for the client's first asset. */
    readonly asset: string,
  ) {
    super('coming-pay-request', { bubbles: true, composed: true, cancelable: true });
  }
}

abstract class PaymentEvent extends Event {
  constructor(
    type: string,
    /** The payment as it stood at that moment. */
    readonly payment: Payment,
  ) {
    super(type, { bubbles: true, composed: true });
  }
}

/** The payment is signed and stored; it goes to the chain by itself, also after a reload. */
export class ComingPaySignedEvent extends PaymentEvent {
  constructor(payment: Payment) {
    super('coming-pay-signed', payment);
  }
}

/** The payment is in a block that can still be undone. */
export class ComingPayInBlockEvent extends PaymentEvent {
  constructor(payment: Payment) {
    super('coming-pay-in-block', payment);
  }
}

/** The payment is final. Whoever delivers something for it checks that on a server of their own all the same. */
export class ComingPayFinalEvent extends PaymentEvent {
  constructor(payment: Payment) {
    super('coming-pay-final', payment);
  }
}

/** The payment came to nothing; its `problem` says why. */
export class ComingPayFailedEvent extends PaymentEvent {
  constructor(payment: Payment) {
    super('coming-pay-failed', payment);
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'coming-pay-request': ComingPayRequestEvent;
    'coming-pay-signed': ComingPaySignedEvent;
    'coming-pay-in-block': ComingPayInBlockEvent;
    'coming-pay-final': ComingPayFinalEvent;
    'coming-pay-failed': ComingPayFailedEvent;
  }
}
