import { html, type CSSResultGroup, type TemplateResult } from 'lit';
import { hostOf } from '../internal/origins.js';
import { IdentityFlow, isMeant } from './flow.js';
import { flowStyles } from './flow.styles.js';

/**
 * The list of devices split in two: which one counts. A part inside of `<coming-identity>`.
 *
 * @tagname coming-repair-flow
 */
export class ComingRepairFlow extends IdentityFlow {
  static override styles: CSSResultGroup = flowStyles;

  protected override view(): TemplateResult {
    const { words, snapshot } = this;
    return html`<h2>${words.repairTitle}</h2>
      <dl>
        ${snapshot?.devices.map(
          ({ name, origin }) =>
            html`<dt><bdi>${name}</bdi></dt>
              <dd><bdi>${hostOf(origin)}</bdi></dd>`,
        )}
      </dl>
      <p>${words.repairText}</p>
      ${this.failure()}
      <div class="actions">
        <button class="secondary" type="button" data-first @click=${this.finish}>${words.cancel}</button>
        <button class="primary" type="button" aria-disabled=${this.busy} @click=${this.#repair}>
          ${words.repairConfirm}
        </button>
      </div>`;
  }

  readonly #repair = async (event: MouseEvent): Promise<void> => {
    if (!isMeant(event)) return;
    if (await this.sign((identity, { signer }) => identity.repair(signer))) this.finish();
  };
}
