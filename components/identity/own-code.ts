import { html, type CSSResultGroup, type TemplateResult } from 'lit';
import { IdentityFlow } from './flow.js';
import { flowStyles } from './flow.styles.js';
import { textOfCode } from './link-parts.js';

/**
 * One's own Coming ID as a code to scan. A part inside of `<coming-identity>`.
 *
 * @tagname coming-own-code
 */
export class ComingOwnCode extends IdentityFlow {
  static override styles: CSSResultGroup = flowStyles;

  protected override view(): TemplateResult {
    const { words } = this;
    return html`<h2 tabindex="-1" data-first>${words.qrTitle}</h2>
      <p class="muted">${words.qrText}</p>
      ${textOfCode(this.me?.comingId ?? '', words.qrTitle, words.copyComingId, this.strings)}
      <div class="actions">
        <button class="secondary" type="button" @click=${this.finish}>${words.close}</button>
      </div>`;
  }
}
