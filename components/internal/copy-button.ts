import { css, html, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { ComingElement } from './element.js';
import { check, copy } from './icons.js';

/** How long the feedback stays, ms. */
const FEEDBACK = 2000;

/**
 * Copies a text, and says whether that worked. A part inside of other elements.
 *
 * @tagname coming-copy-button
 */
export class ComingCopyButton extends ComingElement {
  static override shadowRootOptions: ShadowRootInit = { mode: 'open', delegatesFocus: true };
  static override styles: CSSResultGroup = [
    base,
    controls,
    css`
      :host {
        display: inline-block;
      }
      .done {
        color: var(--_positive);
      }
    `,
  ];

  /** What is copied. */
  @property({ attribute: false }) text = '';

  /** What the button is called. */
  @property() label = '';

  @state() private outcome: 'copied' | 'failed' | undefined;

  #timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.outcome = undefined;
  }

  protected override render(): TemplateResult {
    const { words, outcome } = this;
    const said = outcome === 'copied' ? words.copied : outcome === 'failed' ? words.copyFailed : '';
    return html`<button
        class=${outcome === 'copied' ? 'round done' : 'round'}
        type="button"
        title=${this.label}
        aria-label=${this.label}
        @click=${this.#copy}
      >
        ${outcome === 'copied' ? check : copy}
      </button>
      <span class="vh" role="status">${said}</span>`;
  }

  readonly #copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(this.text);
      this.outcome = 'copied';
    } catch {
      this.outcome = 'failed';
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.outcome = undefined), FEEDBACK);
  };
}
