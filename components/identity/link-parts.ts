/**
 * How the texts are shown that two devices exchange while they are linked.
 *
 * @module
 */
import { html, type TemplateResult } from 'lit';
import type { StringOverrides } from '../locales/en.js';
import type { IdentityWords } from '../locales/en-identity.js';

/** The digits that must be the same on both screens, in groups of three or four. */
export function codeText(code: string): string {
  return (code.match(code.length % 4 === 0 ? /.{1,4}/g : /.{1,3}/g) ?? []).join(' ');
}

/** What the new device is to be told, as the other one shows it. */
export function answered(
  answer: string,
  words: IdentityWords,
  strings: StringOverrides | undefined,
  done: () => void,
): TemplateResult {
  return html`<h2 tabindex="-1" data-first>${words.linkAnswerTitle}</h2>
    <p class="muted">${words.linkAnswerText}</p>
    ${textOfCode(answer, words.linkAnswerQr, words.copyLinkText, strings)}
    <div class="actions">
      <button class="primary" type="button" @click=${done}>${words.flowDone}</button>
    </div>`;
}

/** A text as a code to scan, and to be copied. */
export function textOfCode(
  text: string,
  label: string,
  copyLabel: string,
  strings: StringOverrides | undefined,
): TemplateResult {
  return html`<coming-qr-code .text=${text} .label=${label}></coming-qr-code>
    <div class="text">
      <span class="mono" dir="ltr">${text}</span>
      <coming-copy-button .text=${text} .strings=${strings} label=${copyLabel}></coming-copy-button>
    </div>`;
}
