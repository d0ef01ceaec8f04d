/**
 * What a message shows besides its text: what it answers, what was said to it, and what became of it.
 *
 * @module
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { Message, MessageRef, Quote } from '../../core/client.js';
import type { StringOverrides } from '../locales/en.js';
import { chatWords } from '../locales/en-chat.js';
import { durationText } from './durations.js';

export interface ExtrasContext {
  readonly strings: StringOverrides | undefined;
  readonly locale: string | undefined;
  /** What the other person is called. */
  readonly name: string;
  readonly jump: (to: MessageRef) => void;
  readonly react: (message: Message, emoji: string) => void;
}

/** The message that this one answers; a way to it where it is here. */
export function quote(reply: Quote, { strings, name, jump }: ExtrasContext): TemplateResult {
  const words = chatWords(strings);
  const { text, deleted, isPayment, mine } = reply;
  const who = mine ? words.you : name;
  const shown = isPayment ? words.quotedPayment : deleted ? words.deleted : (text ?? words.quoteGone);
  const isText = text !== undefined && !deleted && !isPayment;
  const inner = html`<span class="vh">${words.quoteOf(who)}: </span><b aria-hidden="true"><bdi>${who}</bdi></b
    ><span class=${isText ? 'said' : 'said muted'} dir="auto">${shown}</span>`;
  return text === undefined
    ? html`<span class="quote">${inner}</span>`
    : html`<button class="quote" type="button" @click=${() => jump(reply)}>${inner}</button>`;
}

export function reactions(message: Message, { strings, name, react }: ExtrasContext): TemplateResult {
  const words = chatWords(strings);
  return html`<span class="reactions" role="group" aria-label=${words.reactions}
    >${message.reactions!.map(({ mine, emoji }) => {
      const said = mine ? words.reactedYou(emoji) : words.reactedOther(name, emoji);
      return html`<button
        class=${mine ? 'reaction own' : 'reaction'}
        type="button"
        aria-label=${said}
        title=${said}
        @click=${() => react(message, emoji)}
      >
        ${emoji}
      </button>`;
    })}</span
  >`;
}

/** Small print beside the time. */
export function marks(
  { editedAt, deleted, expiresAfter }: Message,
  { strings, locale }: ExtrasContext,
): TemplateResult | typeof nothing {
  const words = chatWords(strings);
  const edited = editedAt && !deleted ? html`<span>${words.edited}</span>` : nothing;
  if (!expiresAfter) return html`${edited}`;
  const duration = durationText(locale, expiresAfter);
  return html`${edited}<span title=${`${words.disappears}: ${duration}`}>⏱ ${duration}</span>`;
}

/** A row that is no message: the timer was set. */
export function notice(message: Message, { strings, locale, name }: ExtrasContext): TemplateResult {
  const words = chatWords(strings);
  const { timer, mine } = message;
  const text = timer ? words.timerOn(durationText(locale, timer)) : words.timerOff;
  return html`<li class="day notice">
    <bdi>${mine ? words.timerSetByYou(text) : words.timerSetBy(name, text)}</bdi>
  </li>`;
}
