import { css, html, svg, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { base } from '../styles/base.styles.js';
import { ComingElement } from './element.js';

type Modules = readonly (readonly boolean[])[];

/** Empty modules around the code, without which many cameras do not find it. */
const QUIET = 4;

/**
 * A text as a QR code, always dark on light so that every camera reads it. A part inside of other elements; what draws
 * it is loaded when it is shown. Whoever has it shows the text beside it too, for those who have no camera.
 *
 * @tagname coming-qr-code
 */
export class ComingQrCode extends ComingElement {
  static override styles: CSSResultGroup = [
    base,
    css`
      :host {
        aspect-ratio: 1;
        background: #fff;
        border-radius: var(--_radius-control);
        display: block;
        forced-color-adjust: none;
        inline-size: min(100%, 15rem);
        overflow: clip;
      }
      svg {
        block-size: 100%;
        display: block;
        inline-size: 100%;
      }
    `,
  ];

  @property({ attribute: false }) text = '';

  /** What it is a code of. */
  @property({ attribute: false }) label = '';

  @state() private modules: Modules = [];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('text')) void this.#encode(this.text);
  }

  protected override render(): TemplateResult {
    const { modules } = this;
    const size = modules.length;
    return html`<svg
      role="img"
      aria-label=${this.label}
      viewBox="0 0 ${size} ${size}"
      shape-rendering="crispEdges"
      focusable="false"
    >
      ${svg`<path d=${pathOf(modules)} fill="#000"></path>`}
    </svg>`;
  }

  async #encode(text: string): Promise<void> {
    this.modules = [];
    if (!text) return;
    const { encodeQR } = await import('qr').catch(() => ({ encodeQR: undefined }));
    if (text === this.text && encodeQR)
      this.modules = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET });
  }
}

/** One path for all dark modules, a stroke per run of them. */
function pathOf(modules: Modules): string {
  return modules
    .flatMap((row, y) =>
      row.map((isDark, x) => {
        if (!isDark || row[x - 1]) return '';
        let length = 1;
        while (row[x + length]) length += 1;
        return `M${x} ${y}h${length}v1h-${length}z`;
      }),
    )
    .join('');
}
