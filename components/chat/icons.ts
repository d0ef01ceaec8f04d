/**
 * Pictograms of what is loaded late in a chat.
 *
 * @module
 */
import { svg } from 'lit';
import { icon } from '../internal/icon.js';

export const magnifier = icon(svg`<circle cx="10.5" cy="10.5" r="6"></circle><path d="M15 15l5 5"></path>`);
export const cross = icon(svg`<path d="M6.5 6.5l11 11M17.5 6.5l-11 11"></path>`);
export const plus = icon(svg`<path d="M12 5v14M5 12h14"></path>`);
