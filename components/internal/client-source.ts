/**
 * Finds the client of an element: its own `client`, else the nearest provider's, else the page default.
 *
 * @module
 */
import { ContextEvent, ContextRoot } from '@lit/context';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { ClientStatus, ComingClient } from '../../core/client.js';
import type { ErrorCode } from '../../core/errors.js';
import { clientContext, type ClientOffer } from './client-context.js';
import { watchPageDefault } from './page-default.js';
import { Watch } from './watch.js';

/** How long a page may take to name a client before the element says that it is not set up, ms. */
const PATIENCE = 3000;

let root: ContextRoot | undefined;

/** Holds the client that its host should use, and follows that client's status. */
export class ClientSource implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #status: Watch<ClientStatus>;
  #own: ComingClient | undefined;
  #provided: ClientOffer | undefined;
  #default: ClientOffer | undefined;
  #leaveProvider: (() => void) | undefined;
  #leaveDefault: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #patient = true;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    this.#status = new Watch(host);
    host.addController(this);
  }

  get client(): ComingClient | undefined {
    return this.#own ?? (this.#provided ?? this.#default)?.client;
  }

  /** The client's status; undefined while there is no client. */
  get status(): ClientStatus | undefined {
    return this.#status.value;
  }

  /** Why there is no client and none is coming. */
  get problem(): ErrorCode | undefined {
    return this.client ? undefined : (this.#provided ?? this.#default)?.problem;
  }

  /** Nobody on this page offered a client for a while: most likely it was forgotten. */
  get unconfigured(): boolean {
    return !this.#patient && !this.#own && !this.#provided && !this.#default;
  }

  /** Tells the host's own client; to be called before each rendering. */
  prefer(own: ComingClient | undefined): void {
    this.#own = own;
    this.#fallBack();
    this.#status.follow(this.client?.status);
  }

  hostConnected(): void {
    // Keeps requests that nobody answered, for providers that are upgraded later than their contents.
    if (!root) {
      root = new ContextRoot();
      root.attach(document.documentElement);
    }
    this.#host.dispatchEvent(
      new ContextEvent(clientContext, this.#host, (offer, leave) => this.#accept(offer, leave), true),
    );
    this.#host.requestUpdate();
    this.#timer = setTimeout(() => {
      this.#patient = false;
      this.#host.requestUpdate();
    }, PATIENCE);
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
    this.#leaveProvider?.();
    this.#leaveDefault?.();
    this.#leaveProvider = this.#leaveDefault = undefined;
    this.#provided = this.#default = undefined;
    this.#patient = true;
  }

  /** Watches the page default only when nothing nearer is there: watching it makes its client. */
  #fallBack(): void {
    if (this.#own || this.#provided || !this.#host.isConnected) {
      this.#leaveDefault?.();
      this.#leaveDefault = this.#default = undefined;
    } else {
      this.#leaveDefault ??= watchPageDefault((offer) => {
        this.#default = offer;
        this.#host.requestUpdate();
      });
    }
  }

  #accept(offer: ClientOffer, leave: (() => void) | undefined): void {
    if (leave !== this.#leaveProvider) {
      this.#leaveProvider?.();
      this.#leaveProvider = leave;
    }
    // An answer that was under way when the element left the document comes too late.
    if (!this.#host.isConnected) {
      leave?.();
      return;
    }
    this.#provided = offer;
    this.#host.requestUpdate();
  }
}
