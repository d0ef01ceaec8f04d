/**
 * Comparing the safety number with a person: by reading it, or with a camera.
 *
 * @module
 */
import { html, nothing, type TemplateResult } from 'lit';
import { heading, type Person } from './person.js';
import { safetyNumber } from './safety-number.js';

/** The number and the code to compare, and what came of it. */
export function comparison(person: Person): TemplateResult {
  const { words, name, busy, strings, go } = person;
  const { safetyNumber: number, qr, status } = person.contact;
  return html`${heading(person, words.compareTitle, true)}
    <p class="muted">${words.compareText(name)}</p>
    ${safetyNumber(number, words, strings)}
    <div class="pair">
      <button class="primary" type="button" aria-disabled=${!number || busy} @click=${person.same}>
        ${words.compareSame}
      </button>
      <button class="secondary" type="button" @click=${() => go('differs')}>${words.compareDiffers}</button>
    </div>
    ${person.failure}
    ${
      qr
        ? html`<div class="code">
            <coming-qr-code .text=${qr} .label=${words.compareQr}></coming-qr-code>
            <div>
              <p class="small muted">${words.compareQrHint(name)}</p>
              <button class="secondary" type="button" @click=${() => go('scan')}>${words.scanOpen}</button>
            </div>
          </div>`
        : nothing
    }
    ${
      status === 'compared'
        ? html`<button class="quiet warn wide" type="button" @click=${person.forget}>
            ${words.compareForget}
          </button>`
        : nothing
    }`;
}

/** The numbers are not the same: somebody may stand in between. */
export function difference(person: Person): TemplateResult {
  const { words, name, go } = person;
  return html`${heading(person, words.differsTitle, true)}
    <p>${words.differsText(name)}</p>
    <div class="actions">
      <button class="secondary" type="button" @click=${() => go('compare')}>${words.contactBack}</button>
      <button class="danger" type="button" @click=${person.block}>${words.block}</button>
    </div>`;
}

/** The other one’s code, before the camera or as text. */
export function scan(person: Person): TemplateResult {
  const { words, name, strings } = person;
  return html`${heading(person, words.scanTitle(name), true)}
    <p class="muted">${words.scanText(name)}</p>
    <coming-scanner .label=${words.scanField} .strings=${strings} @scanned=${person.scanned}></coming-scanner>
    ${person.failure}`;
}
