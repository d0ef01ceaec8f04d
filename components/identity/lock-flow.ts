import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { ClientStatus, ComingClient } from '../../core/client.js';
import { codeOf } from '../../core/errors.js';
import { IdentityFlow, isMeant } from './flow.js';
import { flowStyles } from './flow.styles.js';
import { createPasskey, hasPasskeys } from './passkey.js';
import { strengthOf } from './strength.js';

type View = 'choose' | 'passphrase' | 'remove' | 'done';

/**
 * What this device is locked with: sets, changes and removes a passphrase or a passkey, and locks now. A part inside of
 * `<coming-identity>`. Passphrases are in the document only as long as their view is shown.
 *
 * @tagname coming-lock-flow
 */
export class ComingLockFlow extends IdentityFlow {
  static override styles: CSSResultGroup = flowStyles;

  @property({ attribute: false }) status: ClientStatus | undefined;

  @state() private step: View = 'choose';
  @state() private strength: ReturnType<typeof strengthOf> = 0;
  @state() private differ = false;
  @state() private canUsePasskey = false;

  @query('#first') private first!: HTMLInputElement;
  @query('#second') private second!: HTMLInputElement;

  override connectedCallback(): void {
    super.connectedCallback();
    void hasPasskeys().then((has) => (this.canUsePasskey = has));
  }

  protected override view(): TemplateResult {
    switch (this.step) {
      case 'choose':
        return this.#choose();
      case 'passphrase':
        return this.#passphrase();
      case 'remove':
        return this.#remove();
      case 'done':
        return this.#done();
    }
  }

  #choose(): TemplateResult {
    const { words, status, busy } = this;
    const isSet = status !== undefined && status.protection !== 'none';
    const way = (title: string, hint: string, go: (event: MouseEvent) => void): TemplateResult =>
      html`<button class="way" type="button" aria-disabled=${busy} @click=${go}>
        <b>${title}</b><span class="small muted">${hint}</span>
      </button>`;
    const hasPassphrase = status?.protection === 'passphrase';
    return html`<h2 tabindex="-1" data-first>${words.lock}</h2>
      <p class="muted">${words.lockText}</p>
      <div class="ways">
        ${isSet ? way(words.lockNow, words.lockNowHint, this.#lock) : nothing}
        ${way(hasPassphrase ? words.lockChange : words.lockPassphrase, words.lockPassphraseHint, () =>
          this.#go('passphrase'),
        )}
        ${this.canUsePasskey ? way(words.lockPasskey, words.lockPasskeyHint, this.#usePasskey) : nothing}
        ${isSet ? way(words.lockRemove, words.lockRemoveHint, () => this.#go('remove')) : nothing}
      </div>
      ${this.failure()}
      <div class="actions">
        <button class="secondary" type="button" @click=${this.finish}>${words.cancel}</button>
      </div>`;
  }

  #passphrase(): TemplateResult {
    const { words, strength, busy } = this;
    const field = (id: string, label: string, isFirst: boolean): TemplateResult =>
      html`<div>
        <label class="label" for=${id}>${label}</label>
        <input
          class="field"
          id=${id}
          type="password"
          required
          autocomplete="new-password"
          aria-describedby=${isFirst ? 'strength' : nothing}
          ?data-first=${isFirst}
          @input=${this.#typed}
        />
      </div>`;
    return html`<h2>${words.lockPassphrase}</h2>
      <p class="muted">${words.lockForget}</p>
      <form @submit=${this.#save}>
        <div class="fields">
          ${field('first', words.passphrase, true)}
          <div class="meter s${strength}" aria-hidden="true"></div>
          <p class="small muted" id="strength" role="status">${words.passphraseStrength[strength]}</p>
          ${field('second', words.passphraseAgain, false)}
        </div>
        <p class="error" role="alert">${this.differ ? words.passphrasesDiffer : ''}</p>
        ${this.failure()}
        <p class="small muted" role="status">${busy ? words.locking : ''}</p>
        <div class="actions">
          <button class="secondary" type="button" @click=${() => this.#go('choose')}>
            ${words.flowBack}
          </button>
          <button class="primary" type="submit" aria-disabled=${busy || strength === 0}>
            ${words.lockSet}
          </button>
        </div>
      </form>`;
  }

  #remove(): TemplateResult {
    const { words, busy } = this;
    return html`<h2>${words.lockRemove}</h2>
      <p class="notice">${words.lockRemoveText}</p>
      ${this.failure()}
      <div class="actions">
        <button class="secondary" type="button" data-first @click=${() => this.#go('choose')}>
          ${words.flowBack}
        </button>
        <button class="danger" type="button" aria-disabled=${busy} @click=${this.#unprotect}>
          ${words.lockRemove}
        </button>
      </div>`;
  }

  #done(): TemplateResult {
    const { words, status } = this;
    return html`<h2>${words.lock}</h2>
      <p role="status">${words.lockState[status?.protection ?? 'none']}</p>
      <div class="actions">
        <button class="primary" type="button" data-first @click=${this.finish}>${words.flowDone}</button>
      </div>`;
  }

  readonly #typed = (): void => {
    this.differ = false;
    this.strength = strengthOf(this.first.value);
  };

  readonly #save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { first, second } = this;
    this.differ = first.value !== second.value;
    if (this.differ || this.strength === 0) return;
    const passphrase = first.value;
    if (!(await this.#try((client) => client.protect({ passphrase })))) return;
    first.value = second.value = '';
    this.#go('done');
  };

  readonly #usePasskey = async (event: MouseEvent): Promise<void> => {
    if (!isMeant(event)) return;
    const name = this.me?.deviceName ?? '';
    const isDone = await this.#try(async (client) => client.protect(await createPasskey(name)));
    if (isDone) this.#go('done');
  };

  readonly #unprotect = async (event: MouseEvent): Promise<void> => {
    if (isMeant(event) && (await this.#try((client) => client.unprotect()))) this.#go('done');
  };

  readonly #lock = async (): Promise<void> => {
    if (await this.#try((client) => client.lock())) this.finish();
  };

  /** Does something; false when it failed, and why is said. */
  async #try(work: (client: ComingClient) => Promise<void>): Promise<boolean> {
    const { client } = this;
    if (!client || this.busy) return false;
    this.busy = true;
    this.problem = undefined;
    try {
      await work(client);
      return true;
    } catch (error) {
      this.problem = codeOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  #go(step: View): void {
    this.problem = undefined;
    this.differ = false;
    this.strength = 0;
    this.step = step;
    this.focusFirst();
  }
}
