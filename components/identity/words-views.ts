/**
 * How the words of a guest's key are shown, and asked for again. Whoever renders these decides when they leave the document.
 *
 * @module
 */
import { html, type TemplateResult } from 'lit';
import type { IdentityWords } from '../locales/en-identity.js';

/** All of them, in order. */
export function shownWords(
  shown: readonly string[],
  words: IdentityWords,
  cancel: () => void,
  next: () => void,
): TemplateResult {
  return html`<h2 tabindex="-1" data-first>${words.wordsTitle}</h2>
    <ol
      class=${shown.length > 12 ? 'words long' : 'words'}
      dir="ltr"
      lang="en"
      aria-label=${words.wordsLabel}
      translate="no"
    >
      ${shown.map((word) => html`<li>${word}</li>`)}
    </ol>
    <div class="actions">
      <button class="secondary" type="button" @click=${cancel}>${words.cancel}</button>
      <button class="primary" type="button" @click=${next}>${words.wordsWritten}</button>
    </div>`;
}

/** What an asking form does, and how it stands. */
export interface Asking {
  /** Positions of the words that are asked for, from 0. */
  readonly asked: readonly number[];
  readonly busy: boolean;
  readonly failure: TemplateResult;
  readonly again: () => void;
  readonly submit: (event: SubmitEvent) => void;
}

/** A form with a field, of class `check`, for each word that is asked for. */
export function askedWords(
  { asked, busy, failure, again, submit }: Asking,
  words: IdentityWords,
): TemplateResult {
  return html`<h2>${words.wordsCheckTitle}</h2>
    <p class="muted">${words.wordsCheckText}</p>
    <form @submit=${submit}>
      ${asked.map(
        (position, at) =>
          html`<div>
            <label class="label" for="word-${at}">${words.wordNumber(position + 1)}</label>
            <input
              class="field check mono"
              id="word-${at}"
              dir="ltr"
              lang="en"
              required
              autocomplete="off"
              autocapitalize="none"
              spellcheck="false"
              ?data-first=${at === 0}
            />
          </div>`,
      )}
      ${failure}
      <div class="actions">
        <button class="secondary" type="button" @click=${again}>${words.wordsSeeAgain}</button>
        <button class="primary" type="submit" aria-disabled=${busy}>${words.wordsCheck}</button>
      </div>
    </form>`;
}
