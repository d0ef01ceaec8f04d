/**
 * The pictograms of payments; apart from the others because they are loaded later.
 *
 * @module
 */
import { svg, type TemplateResult } from 'lit';
import { icon } from '../internal/icon.js';

/** On its way. */
export const clock: TemplateResult = icon(
  svg`<circle cx="12" cy="12" r="8.2"></circle><path d="M12 7.8V12l2.8 1.9"></path>`,
);
/** In the chain, not final. */
export const block: TemplateResult = icon(
  svg`<path d="M12 3.5l7.5 4.2v8.6L12 20.5l-7.5-4.2V7.7L12 3.5zM4.8 7.9L12 12l7.2-4.1M12 12v8.2"></path>`,
);
/** Done for good. */
export const sealed: TemplateResult = icon(
  svg`<circle cx="12" cy="12" r="8.4"></circle><path d="M8.4 12.3l2.5 2.5 4.8-5.2"></path>`,
);
/** Not done. */
export const crossed: TemplateResult = icon(
  svg`<circle cx="12" cy="12" r="8.4"></circle><path d="M9.3 9.3l5.4 5.4M14.7 9.3l-5.4 5.4"></path>`,
);
/** Claimed, and not so. */
export const unknown: TemplateResult = icon(
  svg`<circle cx="12" cy="12" r="8.4"></circle><path d="M9.8 9.7a2.3 2.3 0 1 1 3.3 2.1c-.8.4-1.1.9-1.1 1.7M12 16.4h.01"></path>`,
);
/** Goes out again. */
export const again: TemplateResult = icon(
  svg`<path d="M5.5 8.5A7.6 7.6 0 0 1 19.4 10M18.5 15.5A7.6 7.6 0 0 1 4.6 14M19.6 5.6V10h-4.4M4.4 18.4V14h4.4"></path>`,
);
