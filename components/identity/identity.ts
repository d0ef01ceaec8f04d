import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { query, state } from 'lit/decorators.js';
import type { Me } from '../../core/client.js';
import { ClientElement } from '../internal/client-element.js';
import { banner, panel, phasePanel } from '../internal/notices.js';
import { errorText } from '../locales/en.js';
import { identityStyles } from './identity.styles.js';

/** An identity is ready to be used: made just now, or found on this device. */
export class ComingIdentityReadyEvent extends Event {
  constructor(
    /** The account's Coming ID. */
    readonly comingId: string,
    /** Whether its key was made on this device or is in a wallet. */
    readonly kind: Me['kind'],
  ) {
    super('coming-identity-ready', { bubbles: true, composed: true });
  }
}

/**
 * Shows who the visitor is, and lets them become somebody: a guest, or an account of their wallet.
 *
 * @summary The visitor's own identity on this device.
 * @tagname coming-identity
 * @csspart card - The panel around everything.
 * @cssproperty [--coming-color-accent] - Buttons, links and focus.
 * @cssproperty [--coming-color-surface] - Background.
 * @cssproperty [--coming-color-text] - Text.
 * @cssproperty [--coming-radius=1rem] - Roundness of panels; controls are a little less round.
 * @cssproperty [--coming-font] - Font family.
 * @fires {ComingIdentityReadyEvent} coming-identity-ready - An identity is ready to be used.
 */
export class ComingIdentity extends ClientElement {
  static override styles: CSSResultGroup = identityStyles;

  @state() private loadFailed = false;

  @query('.card') private card!: HTMLElement | null;

  #announced: string | undefined;
  #hadFocus = false;

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    // What had the focus may go away with the phase it belonged to; then the card takes it.
    this.#hadFocus = Boolean(this.shadowRoot?.activeElement);
  }

  protected override render(): TemplateResult {
    return html`<section class="card" part="card" tabindex="-1" aria-label=${this.words.identityTitle}>
      ${this.#content()}
    </section>`;
  }

  protected override updated(_changed: PropertyValues<this>): void {
    if (this.#hadFocus && !this.shadowRoot?.activeElement) this.card?.focus({ preventScroll: true });
    const me = this.phase === 'ready' ? this.source.status?.me : undefined;
    if (me && !this.loadFailed) void this.#load();
    if (me?.comingId === this.#announced) return;
    this.#announced = me?.comingId;
    if (me) this.dispatchEvent(new ComingIdentityReadyEvent(me.comingId, me.kind));
  }

  #content(): TemplateResult {
    const { phase, words } = this;
    const { status } = this.source;
    if (phase === 'ready' && status?.me) return this.#ready();
    if (phase === 'signed-out' || phase === 'locked') {
      return html`${this.problem ? banner(errorText(words, this.problem)) : nothing}
        ${status?.storage === 'memory' ? banner(words.memoryOnly) : nothing}
        <coming-welcome
          .client=${this.source.client}
          .status=${status}
          .strings=${this.strings}
        ></coming-welcome>`;
    }
    return phasePanel(phase, this.problem, words) ?? this.#skeleton();
  }

  #skeleton(): TemplateResult {
    return html`<div class="head" role="status">
      <span class="vh">${this.words.starting}</span>
      <span class="bone picture"></span>
      <span class="lines"><span class="bone"></span><span class="bone"></span></span>
    </div>`;
  }

  #ready(): TemplateResult {
    if (this.loadFailed) {
      const { words } = this;
      const again = html`<button class="secondary" type="button" @click=${this.#load}>
        ${words.tryAgain}
      </button>`;
      return panel(words.failedTitle, errorText(words, 'not-loaded'), undefined, again);
    }
    return html`<coming-identity-card
      .client=${this.source.client}
      .status=${this.source.status}
      .strings=${this.strings}
    ></coming-identity-card>`;
  }

  readonly #load = async (): Promise<void> => {
    try {
      const { defineIdentityCard } = await import('./define-card.js');
      defineIdentityCard();
      this.loadFailed = false;
    } catch {
      this.loadFailed = true;
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'coming-identity': ComingIdentity;
  }
  interface GlobalEventHandlersEventMap {
    'coming-identity-ready': ComingIdentityReadyEvent;
  }
}
