import { css, html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { ComingClient } from '../../core/client.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';
import { ComingElement } from '../internal/element.js';
import { errorText } from '../locales/en.js';
import { findWords, type FindWords } from '../locales/en-find.js';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { ConversationChosenEvent } from './chosen.js';

/**
 * A field to begin a conversation with somebody new. A part inside of `<coming-chat>`.
 *
 * @tagname coming-chat-begin
 * @fires {ConversationChosenEvent} chosen - The conversation is to be shown.
 */
export class ComingChatBegin extends ComingElement {
  static override styles: CSSResultGroup = [
    base,
    controls,
    css`
      :host {
        border-block-end: 1px solid var(--_line);
        display: block;
        padding: 0 var(--_space-4) var(--_space-4);
      }
      .row {
        display: flex;
        gap: var(--_space-2);
      }
      .row .primary {
        min-block-size: 2.75rem;
      }
      .mono {
        font-family: var(--_mono);
        font-size: 0.94em;
      }
      .error:not(:empty) {
        padding-block-start: var(--_space-2);
      }
    `,
  ];

  @property({ attribute: false }) client: ComingClient | undefined;

  @state() private problem: ErrorCode | undefined;
  @state() private opening = false;

  @query('#new') private field!: HTMLInputElement | null;

  protected override get words(): FindWords {
    return findWords(this.strings);
  }

  override focus(): void {
    void this.updateComplete.then(() => this.field?.focus());
  }

  protected override render(): TemplateResult {
    const { words } = this;
    return html`<form @submit=${this.#begin} aria-label=${words.newConversation}>
      <label class="label" for="new">${words.newConversation}</label>
      <div class="row">
        <input
          class="field mono"
          id="new"
          dir="ltr"
          spellcheck="false"
          autocapitalize="none"
          autocomplete="off"
          placeholder=${words.newConversationField}
          aria-invalid=${this.problem ? 'true' : nothing}
          aria-describedby="hint problem"
          @input=${this.#edited}
        />
        <button class="primary" type="submit" ?disabled=${this.opening}>${words.startConversation}</button>
      </div>
      <p class="vh" id="hint">${words.newConversationHint}</p>
      <p class="error" id="problem" role="alert">${this.problem ? errorText(words, this.problem) : ''}</p>
    </form>`;
  }

  readonly #edited = (): void => {
    this.problem = undefined;
  };

  readonly #begin = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { client, field } = this;
    if (!client || !field || this.opening) return;
    this.opening = true;
    this.problem = undefined;
    try {
      // Opening is the check; the view that is shown next opens it for itself.
      const conversation = await client.openConversation(field.value.trim());
      conversation.close();
      field.value = '';
      this.dispatchEvent(new ConversationChosenEvent(conversation.peer));
    } catch (error) {
      this.problem = codeOf(error);
      field.focus();
    } finally {
      this.opening = false;
    }
  };
}
