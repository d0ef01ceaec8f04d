import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { ClientStatus, ComingClient } from '../../core/client.js';
import { codeOf, type ErrorCode, type SeldomErrorCode } from '../../core/errors.js';
import { ComingElement } from '../internal/element.js';
import { errorText } from '../locales/en.js';
import { identityWords, type IdentityWords } from '../locales/en-identity.js';
import { isMeant } from './flow.js';
import { flowStyles } from './flow.styles.js';
import { readPasskey } from './passkey.js';

/**
 * Unlocks this device with its passphrase or passkey, or erases it for whoever has neither. A part inside of other
 * elements, loaded when a device is locked. The passphrase leaves the document with the part.
 *
 * @tagname coming-unlock
 */
export class ComingUnlock extends ComingElement {
  static override styles: CSSResultGroup = flowStyles;

  @property({ attribute: false }) client: ComingClient | undefined;
  @property({ attribute: false }) status: ClientStatus | undefined;

  @state() private busy = false;
  @state() private problem: ErrorCode | SeldomErrorCode | undefined;
  @state() private erasing = false;

  @query('input') private field!: HTMLInputElement | null;

  #focusNext = true;

  protected override get words(): IdentityWords {
    return identityWords(this.strings);
  }

  protected override render(): TemplateResult {
    return this.erasing ? this.#eraseView() : this.#unlockView();
  }

  protected override updated(): void {
    if (!this.#focusNext) return;
    this.#focusNext = false;
    this.renderRoot.querySelector<HTMLElement>('[data-first]')?.focus();
  }

  #unlockView(): TemplateResult {
    const { words, busy, status } = this;
    const isPasskey = status?.protection === 'passkey';
    return html`<h2>${words.unlockTitle}</h2>
      <p class="muted">${isPasskey ? words.unlockPasskeyText : words.unlockText}</p>
      <form @submit=${this.#unlock}>
        ${
          isPasskey
            ? nothing
            : html`<div>
                <label class="label" for="passphrase">${words.passphrase}</label>
                <input
                  class="field"
                  id="passphrase"
                  type="password"
                  required
                  autocomplete="current-password"
                  aria-describedby="problem"
                  aria-invalid=${this.problem ? 'true' : nothing}
                  data-first
                />
              </div>`
        }
        <p class="error" id="problem" role="alert">${this.#failure()}</p>
        <p class="small muted" role="status">${busy ? words.unlocking : ''}</p>
        <div class="actions">
          <button class="secondary" type="button" @click=${() => this.#go(true)}>
            ${words.unlockForgot}
          </button>
          <button class="primary" type="submit" aria-disabled=${busy} ?data-first=${isPasskey}>
            ${isPasskey ? words.unlockPasskey : words.unlock}
          </button>
        </div>
      </form>`;
  }

  #eraseView(): TemplateResult {
    const { words, busy } = this;
    return html`<h2>${words.eraseTitle}</h2>
      <p class="muted">${words.unlockForgotText}</p>
      <p class="notice bad">${words.eraseText}</p>
      <p class="error" role="alert">${this.#failure()}</p>
      <div class="actions">
        <button class="secondary" type="button" data-first @click=${() => this.#go(false)}>
          ${words.flowBack}
        </button>
        <button class="danger" type="button" ?disabled=${busy} @click=${this.#erase}>
          ${busy ? words.erasing : words.eraseConfirm}
        </button>
      </div>`;
  }

  #failure(): string {
    const { problem, words } = this;
    if (problem === 'wrong-passphrase') return words.unlockWrong;
    return problem ? errorText(words, problem as ErrorCode) : '';
  }

  readonly #unlock = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { field, status } = this;
    await this.#do(async (client) => {
      const passkeyId = status?.protection === 'passkey' ? status.passkeyId : undefined;
      await client.unlock(
        passkeyId === undefined
          ? { passphrase: field?.value ?? '' }
          : { passkey: await readPasskey(passkeyId) },
      );
    });
    // To be typed anew.
    if (this.problem) field?.select();
  };

  readonly #erase = async (event: MouseEvent): Promise<void> => {
    if (isMeant(event)) await this.#do((client) => client.erase());
  };

  /** Does something; when it fails, says why. When it is done this goes away. */
  async #do(work: (client: ComingClient) => Promise<void>): Promise<void> {
    const { client } = this;
    if (!client || this.busy) return;
    this.busy = true;
    this.problem = undefined;
    try {
      await work(client);
    } catch (error) {
      this.problem = codeOf(error);
    } finally {
      this.busy = false;
    }
  }

  #go(erasing: boolean): void {
    this.problem = undefined;
    this.#focusNext = true;
    this.erasing = erasing;
  }
}
