/**
 * A person at a glance: how sure it is that it is them, their devices, and the ways to everything else.
 *
 * @module
 */
import { html, nothing, type TemplateResult } from 'lit';
import { formatTime } from '../internal/dates.js';
import { pencil } from '../internal/icons.js';
import { shownName } from '../internal/names.js';
import { hostOf } from '../internal/origins.js';
import { portrait } from '../internal/portrait.js';
import type { Person } from './person.js';
import { statusPanel } from './status.js';

/**
 * @param newOnes - Devices to mark as new
 * @param answer - What came of asking a site
 */
export function overview(person: Person, newOnes: ReadonlySet<number>, answer: string): TemplateResult {
  const { words, known, name, busy, go } = person;
  const { peer, status, domains, blocked, chain, picture } = person.contact;
  return html`
    <div class="head">
      ${portrait(person.client, peer, picture)}
      <div class="who">
        <h2 tabindex="-1" data-first>${shownName(known, words)}</h2>
        ${known.from === 'themselves' ? html`<p class="small muted">${words.contactOwnWord}</p>` : nothing}
        ${domains.map(
          (domain) => html`<p class="small domain"><bdi>${words.domainConfirmed(domain)}</bdi></p>`,
        )}
      </div>
      <button
        class="round"
        type="button"
        aria-label=${words.contactEditName}
        title=${words.contactEditName}
        @click=${() => go('rename')}
      >
        ${pencil}
      </button>
    </div>
    <div class="id">
      <p class="mono small groups"><bdi>${grouped(peer)}</bdi></p>
      <coming-copy-button
        .text=${peer}
        .strings=${person.strings}
        label=${words.copyComingId}
      ></coming-copy-button>
    </div>
    ${blocked ? html`<p class="notice" role="note">${words.blockedNow(name)}</p>` : nothing}
    ${statusPanel(status, words)} ${status === 'changed' ? changed(person) : nothing}
    ${
      chain === 'unreachable' || chain === 'asking'
        ? html`<p class="small muted" role="status">
            ${chain === 'asking' ? words.contactChainAsking : words.contactChainUnreachable}
          </p>`
        : nothing
    }
    ${
      status === 'changed'
        ? nothing
        : html`<button
            class=${status === 'compared' ? 'secondary wide' : 'primary wide'}
            type="button"
            @click=${() => go('compare')}
          >
            ${status === 'compared' ? words.compareAgain : words.compareOpen}
          </button>`
    }
    ${person.failure} ${noteForm(person)} ${devicesOf(person, newOnes)} ${domainForm(person, answer)}
    <div class="ways">
      <button class="quiet" type="button" aria-disabled=${busy} @click=${person.refresh}>
        ${words.contactRefresh}
      </button>
      <button
        class=${blocked ? 'quiet' : 'quiet warn'}
        type="button"
        title=${blocked ? nothing : words.blockHint}
        @click=${blocked ? person.unblock : person.block}
      >
        ${blocked ? words.unblock : words.block}
      </button>
    </div>
  `;
}

/** What a person can do when the list of devices changed as it should not. */
function changed({ words, name, go }: Person): TemplateResult {
  return html`<p class="small">${words.changedChoices(name)}</p>
    <button class="secondary wide" type="button" @click=${() => go('accept')}>
      ${words.changedAccept}
    </button>`;
}

function devicesOf(person: Person, newOnes: ReadonlySet<number>): TemplateResult {
  const { words, locale } = person;
  const { devices } = person.contact;
  return html`<section aria-labelledby="devices">
    <h3 id="devices">${words.contactDevices}</h3>
    ${
      devices.length === 0
        ? html`<p class="small muted">${words.contactNoDevices}</p>`
        : html`<ul class="devices">
            ${devices.map(
              ({ id, name, origin, addedAt, access }) =>
                html`<li>
                  <p>
                    <bdi>${name}</bdi>
                    ${newOnes.has(id) ? html`<span class="badge">${words.deviceNew}</span>` : nothing}
                  </p>
                  <p class="small muted">
                    <bdi>${words.deviceSince(hostOf(origin), formatTime(locale, 'yearDate', addedAt))}</bdi>
                  </p>
                  <p class="small muted">
                    ${access === 'full' ? words.accessAll : words.accessOrigin(hostOf(origin))}
                  </p>
                </li>`,
            )}
          </ul>`
    }
  </section>`;
}

function noteForm({ words, busy, contact: { note }, setNote }: Person): TemplateResult {
  return html`<details ?open=${note !== ''}>
    <summary>${words.noteTitle}</summary>
    <form @submit=${setNote}>
      <label class="vh" for="note">${words.noteTitle}</label>
      <textarea
        class="field"
        id="note"
        dir="auto"
        rows="3"
        maxlength="2000"
        aria-describedby="note-hint"
        .value=${note}
      ></textarea>
      <p class="small muted" id="note-hint">${words.noteHint}</p>
      <button class="secondary" type="submit" aria-disabled=${busy}>${words.save}</button>
    </form>
  </details>`;
}

function domainForm({ words, busy, askDomain }: Person, answer: string): TemplateResult {
  return html`<details>
    <summary>${words.domainTitle}</summary>
    <form @submit=${askDomain}>
      <label class="label" for="domain">${words.domainField}</label>
      <div class="line">
        <input
          class="field"
          id="domain"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          placeholder="ada.example"
          aria-describedby="domain-hint"
        />
        <button class="secondary" type="submit" aria-disabled=${busy}>${words.domainAsk}</button>
      </div>
      <p class="small muted" id="domain-hint">${words.domainHint}</p>
      <p class="small" role="status">${answer}</p>
    </form>
  </details>`;
}

/** In groups of four, whole: what can be compared must be there to compare. */
const grouped = (comingId: string): TemplateResult[] =>
  (comingId.match(/.{1,4}/g) ?? []).map((group) => html`<span>${group}</span> `);
