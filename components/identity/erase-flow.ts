import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { codeOf } from '../../core/errors.js';
import { IdentityFlow, isMeant } from './flow.js';
import { flowStyles } from './flow.styles.js';

/**
 * Signs out and erases everything here, after saying what is lost. A part inside of `<coming-identity>`.
 *
 * @tagname coming-erase-flow
 */
export class ComingEraseFlow extends IdentityFlow {
  static override styles: CSSResultGroup = flowStyles;

  protected override view(): TemplateResult {
    const { words, snapshot, me, busy } = this;
    const isLost = me?.kind === 'guest' && snapshot?.backedUp === false;
    return html`<h2>${words.eraseTitle}</h2>
      <p class="muted">${words.eraseText}</p>
      ${isLost ? html`<p class="notice bad">${words.removeThisLost}</p>` : nothing} ${this.failure()}
      <div class="actions">
        <button class="secondary" type="button" data-first @click=${this.finish}>${words.cancel}</button>
        <button class="danger" type="button" ?disabled=${busy} @click=${this.#erase}>
          ${busy ? words.erasing : words.eraseConfirm}
        </button>
      </div>`;
  }

  readonly #erase = async (event: MouseEvent): Promise<void> => {
    if (!isMeant(event)) return;
    this.busy = true;
    try {
      await this.client?.erase();
      this.finish();
    } catch (error) {
      this.problem = codeOf(error);
    } finally {
      this.busy = false;
    }
  };
}
