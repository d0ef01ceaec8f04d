/**
 * The pictograms of one's own account.
 *
 * @module
 */
import { svg, type TemplateResult } from 'lit';
import { icon } from '../internal/icon.js';

export const chevron: TemplateResult = icon(svg`<path d="M9.5 6l6 6-6 6"></path>`, true);
export const more: TemplateResult = icon(
  svg`<path d="M5.5 12h.01M12 12h.01M18.5 12h.01" stroke-width="3"></path>`,
);
/** A code to scan. */
export const code: TemplateResult = icon(
  svg`<path d="M4 4.5h5.5V10H4zM14.5 4.5H20V10h-5.5zM4 15h5.5v5.5H4zM14.5 15h2.2v2.2M20 15v2.4M14.5 20.5h2M20 20.5v-.01"></path>`,
);
