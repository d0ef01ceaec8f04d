/**
 * The pictogram of wallets, apart from the others: a sign-in button loads no more than this one.
 *
 * @module
 */
import { svg, type TemplateResult } from 'lit';
import { icon } from '../internal/icon.js';

export const walletIcon: TemplateResult = icon(
  svg`<path d="M4 7.5A2.5 2.5 0 0 1 6.5 5H17v3M4 7.5A2.5 2.5 0 0 0 6.5 10H20v9.5H6.5A2.5 2.5 0 0 1 4 17V7.5z"></path><path d="M16 14.8h.01"></path>`,
);
