import { css, html, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { ComingClient, Conversation } from '../../core/client.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';
import { ComingElement } from '../internal/element.js';
import { errorText } from '../locales/en.js';
import { chatWords, type ChatWords } from '../locales/en-chat.js';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';

/**
 * Asks what is to become of a stranger's first words. A part inside of `<coming-chat>`.
 *
 * @tagname coming-chat-request
 * @fires gone - The conversation was deleted.
 */
export class ComingChatRequest extends ComingElement {
  static override styles: CSSResultGroup = [
    base,
    controls,
    css`
      :host {
        background: var(--_surface);
        border-block-start: 1px solid var(--_line);
        display: block;
        padding: var(--_space-3) var(--_space-4);
      }
      .ways {
        display: flex;
        flex-wrap: wrap;
        gap: var(--_space-2);
        padding-block-start: var(--_space-2);
      }
    `,
  ];

  @property({ attribute: false }) client: ComingClient | undefined;
  @property({ attribute: false }) conversation: Conversation | undefined;
  /** What they are called. */
  @property({ attribute: false }) name = '';

  @state() private problem: ErrorCode | undefined;

  protected override get words(): ChatWords {
    return chatWords(this.strings);
  }

  protected override render(): TemplateResult {
    const { words, problem } = this;
    return html`<section aria-labelledby="title">
      <p id="title"><b>${words.requestTitle(this.name)}</b></p>
      <p class="small muted">${words.requestText}</p>
      <div class="ways">
        <button class="primary" type="button" @click=${this.#accept}>${words.accept}</button>
        <button class="secondary" type="button" @click=${this.#block}>${words.block}</button>
        <button class="quiet warn" type="button" @click=${this.#delete}>${words.deleteRequest}</button>
      </div>
      <p class="error" role="alert">${problem ? errorText(words, problem) : ''}</p>
    </section>`;
  }

  readonly #accept = (event: MouseEvent): Promise<void> => this.#do(event, (talk) => talk.accept());

  readonly #block = (event: MouseEvent): Promise<void> =>
    this.#do(event, async ({ peer }) => {
      const contact = await this.client!.openContact(peer);
      await contact.block();
      contact.close();
    });

  readonly #delete = (event: MouseEvent): Promise<void> =>
    this.#do(event, async (talk) => {
      await talk.deleteConversation();
      this.dispatchEvent(new Event('gone'));
    });

  async #do(event: MouseEvent, work: (conversation: Conversation) => Promise<void>): Promise<void> {
    // A page cannot decide for the visitor.
    if (!event.isTrusted || !this.conversation) return;
    this.problem = undefined;
    try {
      await work(this.conversation);
    } catch (error) {
      this.problem = codeOf(error);
    }
  }
}
