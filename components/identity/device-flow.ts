import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { OwnDevice } from '../../core/client.js';
import { formatTime } from '../internal/dates.js';
import { hostOf } from '../internal/origins.js';
import { IdentityFlow, isMeant } from './flow.js';
import { flowStyles } from './flow.styles.js';

type View = 'overview' | 'rename' | 'grant' | 'remove';

/**
 * One device of the account: rename it, let it read everything, remove it. A part inside of `<coming-identity>`.
 *
 * @tagname coming-device-flow
 */
export class ComingDeviceFlow extends IdentityFlow {
  static override styles: CSSResultGroup = flowStyles;

  @property({ attribute: false }) device: OwnDevice | undefined;

  @state() private step: View = 'overview';

  @query('input') private field!: HTMLInputElement;

  protected override view(): TemplateResult {
    const { device } = this;
    if (!device) return html``;
    switch (this.step) {
      case 'overview':
        return this.#overview(device);
      case 'rename':
        return this.#rename(device);
      case 'grant':
        return this.#grant(device);
      case 'remove':
        return this.#remove(device);
    }
  }

  #overview({ name, origin, addedAt, access, thisDevice }: OwnDevice): TemplateResult {
    const { words } = this;
    const host = hostOf(origin);
    return html`<div>
        <h2 tabindex="-1" data-first><bdi>${name}</bdi></h2>
        <p class="small muted">
          <bdi>${words.deviceAdded(host, formatTime(this.locale, 'yearDate', addedAt))}</bdi>
        </p>
        <p class="small muted">${access === 'full' ? words.readsAll : words.readsOrigin(host)}</p>
        ${thisDevice ? html`<p class="small">${words.thisDevice}</p>` : nothing}
      </div>
      <div class="ways">
        <button class="way" type="button" @click=${() => this.#go('rename')}>
          <b>${words.renameDevice}</b>
        </button>
        ${
          access === 'full'
            ? nothing
            : html`<button class="way" type="button" @click=${() => this.#go('grant')}>
                <b>${words.grantDevice}</b><span class="small muted">${words.grantDeviceHint}</span>
              </button>`
        }
        <button class="way warn" type="button" @click=${() => this.#go('remove')}>
          <b>${words.removeDevice}</b><span class="small muted">${words.removeDeviceHint}</span>
        </button>
      </div>
      <div class="actions">
        <button class="secondary" type="button" @click=${this.finish}>${words.close}</button>
      </div>`;
  }

  #rename({ id, name }: OwnDevice): TemplateResult {
    const { words } = this;
    return html`<h2>${words.renameDeviceTitle(name)}</h2>
      <form @submit=${(event: SubmitEvent) => this.#setName(event, id)}>
        <div>
          <label class="label" for="name">${words.deviceName}</label>
          <input
            class="field"
            id="name"
            dir="auto"
            maxlength="64"
            autocomplete="off"
            required
            data-first
            .value=${name}
          />
        </div>
        ${this.#notice()} ${this.failure()}
        <div class="actions">
          <button class="secondary" type="button" @click=${this.#back}>${words.cancel}</button>
          <button class="primary" type="submit" aria-disabled=${this.busy}>${words.saveName}</button>
        </div>
      </form>`;
  }

  #grant({ id, name, origin }: OwnDevice): TemplateResult {
    const { words } = this;
    return this.#question(
      words.grantTitle(name),
      html`<p>${words.grantText(hostOf(origin))}</p>`,
      html`<button class="primary" type="button" aria-disabled=${this.busy} @click=${this.#granted(id)}>
        ${words.grantConfirm}
      </button>`,
    );
  }

  #remove({ id, name, thisDevice }: OwnDevice): TemplateResult {
    const { words, snapshot } = this;
    const isLost = thisDevice && snapshot && !snapshot.backedUp;
    return this.#question(
      words.removeTitle(name),
      html`<p>${thisDevice ? words.removeThisText : words.removeText}</p>
        ${isLost ? html`<p class="notice bad">${words.removeThisLost}</p>` : nothing}`,
      html`<button class="danger" type="button" aria-disabled=${this.busy} @click=${this.#removed(id)}>
        ${words.removeConfirm}
      </button>`,
    );
  }

  #question(title: string, body: TemplateResult, action: TemplateResult): TemplateResult {
    return html`<h2>${title}</h2>
      ${body} ${this.#notice()} ${this.failure()}
      <div class="actions">
        <button class="secondary" type="button" data-first @click=${this.#back}>${this.words.cancel}</button>
        ${action}
      </div>`;
  }

  #notice(): TemplateResult | typeof nothing {
    return this.isWallet ? html`<p class="small muted">${this.words.walletWillAsk}</p>` : nothing;
  }

  readonly #back = (): void => this.#go('overview');

  #go(step: View): void {
    this.problem = undefined;
    this.step = step;
    this.focusFirst();
  }

  async #setName(event: SubmitEvent, id: number): Promise<void> {
    event.preventDefault();
    if (!isMeant(event)) return;
    const name = this.field.value.trim();
    if (await this.sign((identity, { signer }) => identity.rename(id, name, signer))) this.finish();
  }

  readonly #granted =
    (id: number) =>
    async (event: MouseEvent): Promise<void> => {
      if (!isMeant(event)) return;
      if (await this.sign((identity, { signer }) => identity.grant(id, signer))) this.finish();
    };

  readonly #removed =
    (id: number) =>
    async (event: MouseEvent): Promise<void> => {
      if (!isMeant(event)) return;
      if (await this.sign((identity, { signer }) => identity.remove(id, signer))) this.finish();
    };
}
