import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { query, state } from 'lit/decorators.js';
import type { LinkRequest } from '../../core/client.js';
import { hostOf } from '../internal/origins.js';
import type { ScannedEvent } from '../internal/scanner.js';
import { IdentityFlow, isMeant } from './flow.js';
import { flowStyles } from './flow.styles.js';
import { answered, codeText } from './link-parts.js';

type View = 'scan' | 'confirm' | 'answer';

/**
 * Links another device, on the one that is signed in: reads what it shows, has it confirmed, shows the answer. A part
 * inside of `<coming-identity>`.
 *
 * @tagname coming-link-flow
 */
export class ComingLinkFlow extends IdentityFlow {
  static override styles: CSSResultGroup = flowStyles;

  @state() private step: View = 'scan';
  @state() private request: LinkRequest | undefined;

  @query('input[value="full"]') private fullAccess!: HTMLInputElement | null;

  #offer = '';
  #answer = '';

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#offer = this.#answer = '';
  }

  protected override view(): TemplateResult {
    const { request } = this;
    if (this.step === 'answer') return answered(this.#answer, this.words, this.strings, this.finish);
    return this.step === 'confirm' && request ? this.#confirm(request) : this.#scan();
  }

  #scan(): TemplateResult {
    const { words } = this;
    return html`<h2 tabindex="-1" data-first>${words.linkTitle}</h2>
      <p class="muted">${words.linkText}</p>
      <coming-scanner
        .label=${words.linkField}
        .strings=${this.strings}
        @scanned=${this.#scanned}
      ></coming-scanner>
      ${this.failure()}
      <div class="actions">
        <button class="secondary" type="button" @click=${this.finish}>${words.cancel}</button>
      </div>`;
  }

  #confirm({ name, origin, code }: LinkRequest): TemplateResult {
    const { words } = this;
    return html`<h2 tabindex="-1" data-first>${words.linkConfirmTitle(name)}</h2>
      <p class="muted">${words.linkConfirmText}</p>
      <dl>
        <dt>${words.linkName}</dt>
        <dd><bdi>${name}</bdi></dd>
        <dt>${words.linkOrigin}</dt>
        <dd><bdi>${hostOf(origin)}</bdi></dd>
        <dt>${words.linkCode}</dt>
        <dd class="pin" dir="ltr">${codeText(code)}</dd>
      </dl>
      <fieldset>
        <legend>${words.linkAccess}</legend>
        <label class="choice">
          <input type="radio" name="access" value="origin" checked />
          <span>${words.linkAccessOrigin(hostOf(origin))}</span>
        </label>
        ${
          this.#mayGrant
            ? html`<label class="choice">
                <input type="radio" name="access" value="full" /><span>${words.linkAccessAll}</span>
              </label>`
            : nothing
        }
      </fieldset>
      ${this.isWallet ? html`<p class="small muted">${words.walletWillAsk}</p>` : nothing} ${this.failure()}
      <div class="actions">
        <button class="secondary" type="button" @click=${this.finish}>${words.cancel}</button>
        <button class="primary" type="button" aria-disabled=${this.busy} @click=${this.#confirmed}>
          ${words.linkConfirm}
        </button>
      </div>`;
  }

  /** Full access can be given by a device that has it, or while none has. */
  get #mayGrant(): boolean {
    const devices = this.snapshot?.devices ?? [];
    const full = devices.filter(({ access }) => access === 'full');
    return full.length === 0 || full.some(({ thisDevice }) => thisDevice);
  }

  readonly #scanned = async ({ text }: ScannedEvent): Promise<void> => {
    const isRead = await this.do(async (identity) => {
      this.request = await identity.readLink(text);
    });
    if (!isRead) return;
    this.#offer = text;
    this.#go('confirm');
  };

  readonly #confirmed = async (event: MouseEvent): Promise<void> => {
    if (!isMeant(event)) return;
    const access = this.fullAccess?.checked ? 'full' : 'origin';
    const isDone = await this.sign(async (identity, { signer }) => {
      this.#answer = await identity.confirmLink(this.#offer, access, signer);
    });
    this.#offer = isDone ? '' : this.#offer;
    if (isDone) this.#go('answer');
  };

  #go(step: View): void {
    this.problem = undefined;
    this.step = step;
    this.focusFirst();
  }
}
