import { css, html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query } from 'lit/decorators.js';
import { base } from '../styles/base.styles.js';
import { ComingElement } from './element.js';

/**
 * A modal question with a heading. A part inside of other elements; the native `<dialog>` keeps the focus
 * in, closes on Escape and gives the focus back.
 *
 * @tagname coming-dialog
 * @slot - The body: text, fields and buttons.
 * @fires close - The dialog was closed, however.
 */
export class ComingDialog extends ComingElement {
  static override styles: CSSResultGroup = [
    base,
    css`
      dialog {
        background: var(--_surface);
        border: 1px solid var(--_line);
        border-radius: var(--_radius);
        box-shadow: var(--_shadow-raised);
        color: var(--_text);
        inline-size: min(25rem, calc(100vi - 2 * var(--_space-4)));
        padding: var(--_space-6);
      }
      dialog::backdrop {
        background: rgb(10 11 15 / 45%);
      }
      h2:empty {
        display: none;
      }
      h2 {
        margin-block-end: var(--_space-2);
        overflow-wrap: anywhere;
      }
      @media (prefers-reduced-motion: no-preference) {
        dialog[open] {
          animation: arrive 160ms cubic-bezier(0.2, 0.9, 0.3, 1);
        }
        @keyframes arrive {
          from {
            opacity: 0;
            transform: translateY(0.5rem) scale(0.98);
          }
        }
      }
    `,
  ];

  /** What the dialog is called. */
  @property() heading = '';

  /** What it is called when its content has a heading of its own. */
  @property() label = '';

  @query('dialog') private dialog!: HTMLDialogElement;

  /** Opens the dialog over everything else and focuses what its content marks with `data-first`. */
  async show(): Promise<void> {
    await this.updateComplete;
    if (!this.isConnected || this.dialog.open) return;
    this.dialog.showModal();
    this.querySelector<HTMLElement>('[data-first]')?.focus();
  }

  close(): void {
    this.dialog.close();
  }

  protected override render(): TemplateResult {
    return html`<dialog
      aria-label=${this.label || nothing}
      aria-labelledby=${this.label ? nothing : 'heading'}
      closedby="any"
      @close=${this.#closed}
    >
      <h2 id="heading">${this.heading}</h2>
      <slot></slot>
    </dialog>`;
  }

  readonly #closed = (): void => {
    this.dispatchEvent(new Event('close'));
  };
}
