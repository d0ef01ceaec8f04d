import { ContextProvider } from '@lit/context';
import { css, html, LitElement, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { ComingClient } from '../../core/client.js';
import { clientContext, LOADING } from '../internal/client-context.js';
import { OwnedClient } from '../internal/local-client.js';
import { VERSION } from '../internal/version.js';

/** What a client is made from. */
const OPTIONS = ['relay', 'profile', 'client', 'chain', 'genesis', 'worker'] as const;

/**
 * Gives one client to all elements inside it.
 *
 * The client's code is loaded when the element is connected. A client that the element made is closed,
 * and nothing of it erased, when the element is removed for good or its attributes change.
 *
 * @summary Connects the elements inside it to a relay.
 * @tagname coming-provider
 * @slot - Any content; the kit's elements in it share the client.
 */
export class ComingProvider extends LitElement {
  /** Lets two copies of the kit on one page recognise each other. */
  static readonly version: string = VERSION;

  static override styles: CSSResult = css`
    :host {
      display: contents;
    }
  `;

  /** Address of the relay, e.g. `wss://relay.example`. */
  @property() relay = '';

  /** Whose data this is, where several people share one origin. */
  @property() profile = 'default';

  /** WebSocket addresses of nodes of the chain to pay on, separated by spaces; empty where nothing is paid. */
  @property() chain = '';

  /** Hash of that chain's first block; ChainX's own when empty. */
  @property() genesis = '';

  /** The client runs in a worker, where one can be had: the page's own thread then does no cryptography. */
  @property({ type: Boolean }) worker = false;

  /** A client to use instead of making one; it is never closed by this element. */
  @property({ attribute: false }) client: ComingClient | undefined;

  #owned: OwnedClient | undefined;
  #leaving: ReturnType<typeof setTimeout> | undefined;
  readonly #provider = new ContextProvider(this, { context: clientContext, initialValue: LOADING });

  override connectedCallback(): void {
    super.connectedCallback();
    clearTimeout(this.#leaving);
    // Removed for good a while ago, and now back: a new client is needed.
    if (this.hasUpdated && !this.#owned) this.#provide();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // An element that is only moved comes back within the same task.
    this.#leaving = setTimeout(() => this.#release());
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (OPTIONS.some((option) => changed.has(option))) {
      this.#release();
      this.#provide();
    }
  }

  protected override render(): TemplateResult {
    return html`<slot></slot>`;
  }

  #provide(): void {
    if (this.client) {
      this.#provider.setValue({ client: this.client, problem: undefined });
    } else if (this.relay && this.isConnected) {
      const { relay, profile, genesis, worker } = this;
      const endpoints = this.chain.split(/\s+/).filter(Boolean);
      const chain = endpoints.length > 0 ? { endpoints, ...(genesis && { genesis }) } : undefined;
      const owned = new OwnedClient({ relay, profile, chain, worker }, (offer) => {
        this.#provider.setValue(offer);
      });
      this.#owned = owned;
    }
  }

  #release(): void {
    this.#owned?.close();
    this.#owned = undefined;
    this.#provider.setValue(LOADING);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'coming-provider': ComingProvider;
  }
}
