/**
 * The panels that stand in for an element's contents: not yet, not here, not any more.
 *
 * @module
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { ErrorCode } from '../../core/errors.js';
import type { Strings } from '../locales/en.js';
import type { Phase } from './client-element.js';
import { warning } from './icons.js';

/** A sentence across the top of a panel. */
export function banner(text: string, icon: TemplateResult = warning): TemplateResult {
  return html`<p class="banner">${icon}<span>${text}</span></p>`;
}

/** A panel with a title, a sentence and perhaps something to do. */
export function panel(
  title: string,
  text: string,
  icon: TemplateResult = warning,
  action: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<div class="state">
    ${icon}
    <h2>${title}</h2>
    <p class="muted">${text}</p>
    ${action}
  </div>`;
}

/** The panel for a phase in which there is nothing to do here; undefined for the other phases. */
export function phasePanel(
  phase: Phase,
  problem: ErrorCode | undefined,
  words: Strings,
): TemplateResult | undefined {
  switch (phase) {
    case 'waiting':
      return panel(words.waitingTitle, words.waitingText);
    case 'failed':
      return panel(words.failedTitle, words.errors[problem ?? 'internal']);
    case 'closed':
      return panel(words.closedTitle, words.closedText);
    case 'unconfigured':
      return panel(words.unconfiguredTitle, words.unconfiguredText);
    default:
      return undefined;
  }
}
