import { html, type CSSResultGroup, type TemplateResult } from 'lit';
import { IdentityFlow, isMeant } from './flow.js';
import { flowStyles } from './flow.styles.js';

/**
 * A guest goes on as an account of their wallet. A part inside of `<coming-identity>`.
 *
 * @tagname coming-hand-over-flow
 */
export class ComingHandOverFlow extends IdentityFlow {
  static override styles: CSSResultGroup = flowStyles;

  protected override get asks(): string {
    return this.words.handOverAsks;
  }

  protected override get wanted(): string {
    return '';
  }

  protected override view(): TemplateResult {
    const { words } = this;
    return html`<h2 tabindex="-1" data-first>${words.handOverTitle}</h2>
      <p>${words.handOverText}</p>
      ${this.failure()}
      <div class="actions">
        <button class="secondary" type="button" @click=${this.finish}>${words.cancel}</button>
        <button class="primary" type="button" @click=${this.#start}>${words.handOverStart}</button>
      </div>`;
  }

  readonly #start = async (event: MouseEvent): Promise<void> => {
    if (!isMeant(event)) return;
    if (await this.askWallet((identity, { signer }) => identity.handOver(signer!))) this.finish();
  };
}
