/**
 * The few pictograms of the elements, drawn in the colour of the text.
 *
 * @module
 */
import { svg } from 'lit';
import { icon } from './icon.js';

export const arrowBack = icon(svg`<path d="M15 5l-7 7 7 7"></path>`, true);
export const arrowDown = icon(svg`<path d="M12 5v13M6 12.5l6 6 6-6"></path>`);
export const sendArrow = icon(svg`<path d="M12 19V5.5M6 11l6-6 6 6"></path>`);
export const pencil = icon(
  svg`<path d="M4 20l.9-3.8L16.3 4.8a1.8 1.8 0 0 1 2.6 0l.3.3a1.8 1.8 0 0 1 0 2.6L7.8 19.1 4 20z"></path>`,
);
export const copy = icon(
  svg`<rect x="9" y="9" width="11" height="11" rx="2.5"></rect><path d="M5.5 15H5a1.5 1.5 0 0 1-1.5-1.5v-8A2 2 0 0 1 5.5 3.5h8A1.5 1.5 0 0 1 15 5v.5"></path>`,
);
export const check = icon(svg`<path d="M5 12.5l4.5 4.5L19 7.5"></path>`);
export const more = icon(svg`<path d="M12 5.5h.01M12 12h.01M12 18.5h.01" stroke-width="2.6"></path>`);
export const warning = icon(
  svg`<path d="M12 9v4.5M12 17h.01M10.4 4.2L2.9 17.3A1.9 1.9 0 0 0 4.5 20h15a1.9 1.9 0 0 0 1.6-2.7L13.6 4.2a1.9 1.9 0 0 0-3.2 0z"></path>`,
);
export const person = icon(
  svg`<circle cx="12" cy="8" r="3.8"></circle><path d="M4.8 20a7.2 7.2 0 0 1 14.4 0"></path>`,
);
export const padlock = icon(
  svg`<rect x="5" y="10.5" width="14" height="9.5" rx="2.5"></rect><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"></path>`,
);
export const offline = icon(
  svg`<path d="M4 4l16 16M8.5 15.5a5 5 0 0 1 7 0M5 12a10 10 0 0 1 4-2.4M12.8 9.1A10 10 0 0 1 19 12M12 19h.01"></path>`,
);
export const coins = icon(
  svg`<ellipse cx="9.5" cy="7" rx="6" ry="3"></ellipse><path d="M3.5 7v5c0 1.7 2.7 3 6 3M3.5 9.5"></path><ellipse cx="14.5" cy="13.5" rx="6" ry="3"></ellipse><path d="M8.5 13.5v4c0 1.7 2.7 3 6 3s6-1.3 6-3v-4M15.5 7v3.2"></path>`,
);
