/**
 * What `<coming-sign-in>` tells the page.
 *
 * @module
 */
import type { AccountSigner, ComingId } from '../../core/client.js';

/** What an account signed, for the site's own server to check with `verifySignIn` of `coming-kit/sign-in`. */
export interface SignedSignIn {
  /** The text that the wallet showed. */
  readonly message: string;
  /** 64 bytes, 65 for ecdsa. */
  readonly signature: Uint8Array;
  readonly scheme: AccountSigner['scheme'];
  /** Who says that they sign in: believe it only after the check. */
  readonly account: ComingId;
}

/** The visitor signed. Nobody is signed in before the site's own server has checked it. */
export class ComingSignInEvent extends Event implements SignedSignIn {
  readonly message: string;
  readonly signature: Uint8Array;
  readonly scheme: AccountSigner['scheme'];
  readonly account: ComingId;
  readonly #checks: Promise<unknown>[] = [];

  constructor({ message, signature, scheme, account }: SignedSignIn) {
    super('coming-sign-in', { bubbles: true, composed: true });
    this.message = message;
    this.signature = signature;
    this.scheme = scheme;
    this.account = account;
  }

  /**
   * Keeps the dialog open until the site's server has answered: when the promise is rejected, the visitor is told that
   * the site did not let them in. To be called while the event is dispatched.
   */
  waitUntil(check: Promise<unknown>): void {
    this.#checks.push(check);
  }

  /** All that listeners wait for. */
  get checks(): readonly Promise<unknown>[] {
    return this.#checks;
  }

  /** For a request's body: the signature as hexadecimal digits. */
  toJSON(): Record<keyof SignedSignIn, string> {
    const { message, scheme, account } = this;
    const digits = Array.from(this.signature, (byte) => byte.toString(16).padStart(2, '0'));
    return { message, signature: digits.join(''), scheme, account };
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'coming-sign-in': ComingSignInEvent;
  }
}
