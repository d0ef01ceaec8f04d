import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { query, state } from 'lit/decorators.js';
import type { ClientStatus, Me } from '../../core/client.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';
import { ClientElement } from '../internal/client-element.js';
import { shortId } from '../internal/coming-ids.js';
import { connectionMood, connectionWords } from '../internal/connection.js';
import type { ComingDialog } from '../internal/dialog.js';
import { identicon } from '../internal/identicon.js';
import { banner, connectionBanner, phasePanel } from '../internal/notices.js';
import { OnScreen } from '../internal/on-screen.js';
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

  @state() private erasing = false;
  @state() private eraseProblem: ErrorCode | undefined;

  @query('coming-dialog') private dialog!: ComingDialog | null;

  @query('.card') private card!: HTMLElement | null;

  readonly #screen = new OnScreen(this);
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
    if (this.source.status?.chain && this.#screen.visible) void showBalances();
    if (this.#hadFocus && !this.shadowRoot?.activeElement) this.card?.focus({ preventScroll: true });
    const me = this.phase === 'ready' ? this.source.status?.me : undefined;
    if (me?.comingId === this.#announced) return;
    this.#announced = me?.comingId;
    if (me) this.dispatchEvent(new ComingIdentityReadyEvent(me.comingId, me.kind));
  }

  #content(): TemplateResult {
    const { phase, words } = this;
    const { status } = this.source;
    if (phase === 'ready' && status?.me) return this.#ready(status, status.me);
    if (phase === 'signed-out') {
      return html`${this.problem ? banner(errorText(words, this.problem)) : nothing}
        ${status?.storage === 'memory' ? banner(words.memoryOnly) : nothing}
        <coming-welcome .client=${this.source.client} .strings=${this.strings}></coming-welcome>`;
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

  #ready(status: ClientStatus, me: Me): TemplateResult {
    const { words } = this;
    return html`
      ${connectionBanner(this.source.client, status.connection, words)}
      ${status.problem ? banner(errorText(words, status.problem)) : nothing}
      ${status.storage === 'memory' ? banner(words.memoryOnly) : nothing}
      <div class="head">
        ${identicon(me.comingId)}
        <div class="who">
          <p class="id">
            <bdi class="mono" title=${me.comingId}>${shortId(me.comingId)}</bdi>
          </p>
          <p class="small muted">${me.kind === 'guest' ? words.guest : words.wallet}</p>
        </div>
        <coming-copy-button
          .text=${me.comingId}
          .strings=${this.strings}
          label=${words.copyComingId}
        ></coming-copy-button>
      </div>
      <p class="small muted hint">${me.kind === 'guest' ? words.guestHint : words.walletHint}</p>
      <dl>
        <dt>${words.connection}</dt>
        <dd>
          <span class="dot ${connectionMood(status.connection)}"></span
          ><span role="status">${connectionWords(status.connection, words)}</span>
        </dd>
        ${
          status.relay
            ? html`<dt>${words.relay}</dt>
                <dd class="relay"><bdi>${status.relay}</bdi></dd>`
            : nothing
        }
      </dl>
      ${
        status.chain
          ? html`<coming-balances
              .client=${this.source.client}
              .status=${status}
              .strings=${this.strings}
            ></coming-balances>`
          : nothing
      }
      <button class="quiet warn" type="button" @click=${this.#ask}>${words.erase}</button>
      <coming-dialog .heading=${words.eraseTitle}>
        <p class="muted">${words.eraseText}</p>
        <p class="error" role="alert">${this.eraseProblem ? errorText(words, this.eraseProblem) : ''}</p>
        <div class="actions">
          <button class="secondary" type="button" data-first @click=${this.#close}>${words.cancel}</button>
          <button class="danger" type="button" ?disabled=${this.erasing} @click=${this.#erase}>
            ${this.erasing ? words.erasing : words.eraseConfirm}
          </button>
        </div>
      </coming-dialog>
    `;
  }

  readonly #ask = (): void => {
    this.eraseProblem = undefined;
    void this.dialog?.show();
  };

  readonly #close = (): void => this.dialog?.close();

  readonly #erase = async (): Promise<void> => {
    this.erasing = true;
    try {
      await this.source.client?.erase();
      this.dialog?.close();
    } catch (error) {
      this.eraseProblem = codeOf(error);
    } finally {
      this.erasing = false;
    }
  };
}

/** Loads what shows balances; without it the rest of the card is all there is. */
async function showBalances(): Promise<void> {
  const loaded = await import('../pay/define-balances.js').catch(() => undefined);
  loaded?.defineBalances();
}

declare global {
  interface HTMLElementTagNameMap {
    'coming-identity': ComingIdentity;
  }
  interface GlobalEventHandlersEventMap {
    'coming-identity-ready': ComingIdentityReadyEvent;
  }
}
