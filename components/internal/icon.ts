/**
 * How every pictogram is drawn: by strokes, in the colour of the text.
 *
 * @module
 */
import { html, type TemplateResult } from 'lit';

export const icon = (paths: TemplateResult, flips = false): TemplateResult =>
  html`<svg
    class=${flips ? 'icon flips' : 'icon'}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.9"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    ${paths}
  </svg>`;
