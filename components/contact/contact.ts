import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { ComingId } from '../../core/client.js';
import { ClientElement } from '../internal/client-element.js';
import { panel, phasePanel } from '../internal/notices.js';
import { errorText } from '../locales/en.js';
import { contactStyles } from './contact.styles.js';

/**
 * A person: picture, name, Coming ID, how sure it is that they are who they seem, their devices; the safety number to
 * compare with them, and a way to block them.
 *
 * @summary One person, and whether it is really them.
 * @tagname coming-contact
 * @csspart card - The panel around everything.
 * @cssproperty [--coming-color-accent] - Buttons, links and focus.
 * @cssproperty [--coming-color-surface] - Background.
 * @cssproperty [--coming-color-text] - Text.
 * @cssproperty [--coming-radius=1rem] - Roundness of panels; controls are a little less round.
 * @cssproperty [--coming-font] - Font family.
 */
export class ComingContact extends ClientElement {
  static override styles: CSSResultGroup = contactStyles;

  /** Coming ID of the person. */
  @property() peer: ComingId = '';

  /** What they are called, as long as the visitor gave them no other name. */
  @property() label = '';

  @state() private loadFailed = false;

  protected override render(): TemplateResult {
    return html`<section class="card" part="card" aria-label=${this.label || nothing}>
      ${this.#content()}
    </section>`;
  }

  protected override updated(): void {
    if (this.phase === 'ready' && this.peer && !this.loadFailed) void this.#load();
  }

  #content(): TemplateResult {
    const { phase, words, source } = this;
    if (phase === 'signed-out') return panel(words.contactSignedOut, words.errors['not-ready']);
    if (this.loadFailed) {
      const again = html`<button class="secondary" type="button" @click=${this.#load}>
        ${words.tryAgain}
      </button>`;
      return panel(words.failedTitle, errorText(words, 'not-loaded'), undefined, again);
    }
    if (phase === 'ready' && this.peer) {
      return html`<coming-contact-card
        .client=${source.client}
        .peer=${this.peer}
        .label=${this.label}
        .strings=${this.strings}
      ></coming-contact-card>`;
    }
    const instead = phasePanel(phase, this.problem, words);
    return (
      instead ??
      html`<div class="starting" role="status">
        <span class="vh">${words.starting}</span><span class="bone"></span>
      </div>`
    );
  }

  readonly #load = async (): Promise<void> => {
    try {
      const { defineContactCard } = await import('./define-card.js');
      defineContactCard();
      this.loadFailed = false;
    } catch {
      this.loadFailed = true;
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'coming-contact': ComingContact;
  }
}
