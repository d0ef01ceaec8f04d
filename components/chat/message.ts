/**
 * How one message looks: a bubble with its text, time and state.
 *
 * Few nodes, because there are sixty of them; the sender is named once per group.
 *
 * @module
 */
import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Message, MessageState, Payment } from '../../core/client.js';
import { formatTime } from '../internal/dates.js';
import { segments } from '../internal/links.js';
import { errorText, type Strings } from '../locales/en.js';
import type { ExtrasContext } from './extras.js';
import type { Extras } from './lazy-extras.js';

/** A message that waits longer than this can be taken back, ms. */
const PATIENCE = 3000;

/** What a message needs to know of the thread around it. */
export interface MessageContext extends ExtrasContext {
  readonly words: Strings;
  readonly sender: string;
  /** First and last of a run of messages of one sender. */
  readonly first: boolean;
  readonly last: boolean;
  readonly retry: (id: string) => Promise<void>;
  readonly cancel: (id: string) => Promise<void>;
  /** How a payment is shown, once that is loaded. */
  readonly payment: (payment: Payment) => TemplateResult;
  /** What shows more of this message than its text; undefined while there is nothing, or not yet. */
  readonly extras: Extras | undefined;
  /** Of a stranger: nothing in it can be followed. */
  readonly inert: boolean;
  readonly menu: (message: Message, event: MouseEvent) => void;
}

/** A text with its web addresses as links, never as HTML. */
export function linkified(text: string): (string | TemplateResult)[] {
  return segments(text).map((segment) =>
    typeof segment === 'string'
      ? segment
      : html`<a href=${segment.href} target="_blank" rel="noopener noreferrer ugc">${segment.text}</a>`,
  );
}

export function messageItem(message: Message, context: MessageContext): TemplateResult {
  const { words, locale, first, last, extras, menu } = context;
  const { mine, state, reply, reactions, deleted } = message;
  const classes = ['message', mine ? 'mine' : 'theirs', first && 'first', last && 'last', state];
  const open = state === 'undecryptable' ? nothing : (event: MouseEvent) => menu(message, event);
  // No white space between the elements: the bubble keeps the line breaks of its text.
  return html`<li
    class=${classes.filter(Boolean).join(' ')}
    data-id=${message.id}
    data-own=${mine}
    @contextmenu=${open}
  >
    ${first ? html`<span class="vh">${context.sender}</span>` : nothing}${
      reply ? extras?.quote(reply, context) : nothing
    }${said(message, context)}<time
      datetime=${new Date(message.sentAt).toISOString()}
      title=${formatTime(locale, 'exact', message.sentAt)}
      >${extras?.marks(message, context)}${formatTime(locale, 'time', message.sentAt)}${
        mine && !deleted ? tick(state, words) : nothing
      }</time
    >${state === 'failed' && !deleted ? failure(message, context) : nothing}${
      state === 'queued' && !deleted ? waiting(message, context) : nothing
    }${reactions?.length ? extras?.reactions(message, context) : nothing}${
      state === 'undecryptable'
        ? nothing
        : html`<button
            class="more"
            type="button"
            aria-label=${words.messageMenu}
            title=${words.messageMenu}
            aria-haspopup="menu"
            @click=${open}
          ></button>`
    }
  </li>`;
}

function said(message: Message, { words, payment, inert }: MessageContext): TemplateResult {
  if (message.payment) return payment(message.payment);
  if (message.state === 'undecryptable') {
    return html`<span class="text" dir="auto">${placeholder(message, words)}</span>`;
  }
  if (message.deleted) return html`<span class="text gone">${words.deleted}</span>`;
  return html`<span class="text" dir="auto">${inert ? message.text : linkified(message.text)}</span>`;
}

/** What stands in the place of a message that could not be decrypted. */
export function placeholder({ problem }: Message, words: Strings): string {
  return problem ? words.lost : words.awaited;
}

function waiting(message: Message, { words, cancel }: MessageContext): TemplateResult | typeof nothing {
  // What is on its way within a moment needs no button; one that was signed cannot be taken back.
  if (message.payment || Date.now() - message.sentAt < PATIENCE) return nothing;
  return html`<span class="failure">
    <button class="quiet" type="button" @click=${() => cancel(message.id)}>${words.takeBack}</button>
  </span>`;
}

function failure(message: Message, { words, retry }: MessageContext): TemplateResult {
  const reason = message.problem ? errorText(words, message.problem) : '';
  return html`<span class="failure">
    <span>${words.notSent} ${reason}</span>
    <button class="quiet warn" type="button" @click=${() => retry(message.id)}>${words.retry}</button>
  </span>`;
}

const CHECK = 'M1.5 6.5l3.2 3.2L11 3.2';
const CHECKS = `${CHECK}M7.3 9.3l.6.6L14.3 3.2`;
const CLOCK = 'M8 1.6a4.9 4.9 0 1 1 0 9.8a4.9 4.9 0 0 1 0-9.8M8 3.8v2.9l1.8 1.1';
const MARK = 'M8 2v5.6M8 10.9v.1';

/** Clock, ✓, ✓✓, ✓✓ in colour; the words are for whoever does not see it. */
function tick(state: MessageState, words: Strings): TemplateResult | typeof nothing {
  if (state === 'received' || state === 'undecryptable') return nothing;
  const path = state === 'queued' ? CLOCK : state === 'failed' ? MARK : state === 'sent' ? CHECK : CHECKS;
  return html`<svg class="tick" viewBox="0 0 16 13" role="img" aria-label=${words[state]}>
    ${svg`<path d=${path}></path>`}
  </svg>`;
}
