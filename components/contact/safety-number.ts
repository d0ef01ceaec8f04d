/**
 * A safety number as people compare it: twelve groups of five digits.
 *
 * @module
 */
import { html, type TemplateResult } from 'lit';
import type { StringOverrides } from '../locales/en.js';
import type { ContactWords } from '../locales/en-contact.js';

/** @param digits - 60 of them; undefined while they are being computed */
export function safetyNumber(
  digits: string | undefined,
  words: ContactWords,
  strings: StringOverrides | undefined,
): TemplateResult {
  if (!digits) {
    return html`<div class="number" role="status">
      <span class="vh">${words.safetyNumberLoading}</span><span class="bone block"></span>
    </div>`;
  }
  const groups = digits.match(/.{5}/g) ?? [];
  return html`<div class="number">
    <p class="digits mono" dir="ltr" role="group" aria-label=${words.safetyNumber}>
      ${groups.map((group) => html`<span>${group}</span> `)}
    </p>
    <coming-copy-button
      .text=${groups.join(' ')}
      .strings=${strings}
      label=${words.copySafetyNumber}
    ></coming-copy-button>
  </div>`;
}
