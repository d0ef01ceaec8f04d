/**
 * Brings in what shows payments when the first one is to be shown.
 *
 * @module
 */
import type { ReactiveControllerHost } from 'lit';
import type { Payment } from '../../core/client.js';
import type { StringOverrides } from '../locales/en.js';

let describe: ((payment: Payment, strings: StringOverrides | undefined) => string) | undefined;

/** A payment in one neutral line; empty until that can be said, and then the host renders again. */
export function paymentLine(
  payment: Payment,
  strings: StringOverrides | undefined,
  host: ReactiveControllerHost,
): string {
  if (describe) return describe(payment, strings);
  void import('../pay/define-payment.js').then(
    ({ definePayment, describePayment }) => {
      definePayment();
      describe = describePayment;
      host.requestUpdate();
    },
    // Not loaded: the next rendering tries again.
    () => undefined,
  );
  return '';
}
