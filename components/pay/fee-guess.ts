/**
 * Asks what a payment would cost before its amount is chosen: at most that, because it asks for the largest one.
 *
 * @module
 */
import type { ReactiveControllerHost } from 'lit';
import type { Asset, Payments } from '../../core/client.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';

const NO_ID = '0'.repeat(32);

/** Faults of the recipient: they are known before anything is entered. */
const RECIPIENT: readonly ErrorCode[] = ['invalid-coming-id', 'own-account', 'invalid-recipient'];

export class FeeGuess {
  readonly #host: ReactiveControllerHost;
  #key = '';
  #fee: bigint | undefined;
  #problem: ErrorCode | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
  }

  get fee(): bigint | undefined {
    return this.#fee;
  }

  /** Why this recipient cannot be paid at all. */
  get problem(): ErrorCode | undefined {
    return this.#problem;
  }

  /** Asks once for everything that makes a difference. */
  ask(payments: Payments, asset: Asset, to: string, usable: bigint): void {
    const key = [asset.caip19, to, usable].join();
    if (key === this.#key) return;
    this.#key = key;
    void this.#ask(payments, asset, to, usable);
  }

  /** Everything may have changed: asks again when asked. */
  forget(): void {
    this.#key = '';
    this.#fee = this.#problem = undefined;
  }

  async #ask(payments: Payments, asset: Asset, to: string, usable: bigint): Promise<void> {
    const key = this.#key;
    let fee: bigint | undefined;
    let problem: ErrorCode | undefined;
    try {
      fee = await payments.estimateFee({ id: NO_ID, to, asset: asset.caip19, amount: usable || 1n });
    } catch (error) {
      problem = codeOf(error);
    }
    if (key !== this.#key) return;
    this.#fee = fee;
    this.#problem = problem && RECIPIENT.includes(problem) ? problem : undefined;
    // Whatever else went wrong passes, or is said when the real fee is asked for.
    if (problem && !this.#problem) this.#key = '';
    this.#host.requestUpdate();
  }
}
