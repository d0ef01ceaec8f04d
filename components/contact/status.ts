/**
 * How a verification status looks: its mark, its mood, its words.
 *
 * @module
 */
import { html, svg, type TemplateResult } from 'lit';
import type { ContactStatus } from '../../core/client.js';
import { icon } from '../internal/icon.js';
import { warning } from '../internal/icons.js';
import type { ContactWords } from '../locales/en-contact.js';

const shield = svg`<path d="M12 3.5l7 2.6v5.1c0 4.4-2.9 7.8-7 9.3-4.1-1.5-7-4.9-7-9.3V6.1l7-2.6z"></path>`;

const MARKS: Readonly<Record<ContactStatus | 'unknown', readonly [mood: string, mark: TemplateResult]>> = {
  unknown: ['plain', icon(svg`${shield}<path d="M12 8.5v4M12 15.5h.01"></path>`)],
  unverified: ['plain', icon(svg`${shield}<path d="M12 8.5v4M12 15.5h.01"></path>`)],
  asserted: ['fair', icon(svg`${shield}<path d="M9 12h6"></path>`)],
  'newer-than-anchor': ['fair', icon(svg`${shield}<path d="M12 9v6M9 12h6"></path>`)],
  'chain-verified': ['good', icon(svg`${shield}<path d="M9 12l2.2 2.2L15.2 10"></path>`)],
  compared: ['good', icon(svg`${shield}<path d="M8 12l2.2 2.2M10.4 14.2l4-4M13.2 14.2l2.8-2.8"></path>`)],
  changed: ['bad', warning],
};

/** The status as a panel: what it is called and what it means. */
export function statusPanel(status: ContactStatus | undefined, words: ContactWords): TemplateResult {
  const name = status ?? 'unknown';
  const [mood, mark] = MARKS[name];
  const { title, text } = words.contactStatus[name];
  return html`<div class="status ${mood}" role=${mood === 'bad' ? 'alert' : 'note'}>
    ${mark}
    <div>
      <p class="title">${title}</p>
      <p class="small">${text}</p>
    </div>
  </div>`;
}
