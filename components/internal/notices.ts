/**
 * The panels that stand in for an element's contents: not yet, not here, not any more.
 *
 * @module
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { ComingClient, ConnectionState } from '../../core/client.js';
import type { ErrorCode } from '../../core/errors.js';
import { errorText, type Strings } from '../locales/en.js';
import type { Phase } from './client-element.js';
import { offline, warning } from './icons.js';

/** A sentence across the top of a panel, perhaps with something to do about it. */
export function banner(
  text: string,
  icon: TemplateResult = warning,
  action: TemplateResult | typeof nothing = nothing,
  isStop = false,
): TemplateResult {
  return html`<div class=${isStop ? 'banner stop' : 'banner'}>
    ${icon}
    <p>${text}</p>
    ${action}
  </div>`;
}

/**
 * Says that messages neither come nor go, and offers to change that; nothing while all is well.
 * When that fails, the banner is still there.
 */
export function connectionBanner(
  client: ComingClient | undefined,
  connection: ConnectionState | undefined,
  words: Strings,
): TemplateResult | typeof nothing {
  if (connection !== 'offline' && connection !== 'displaced') return nothing;
  const away = connection === 'offline';
  const action = html`<button
    class="quiet"
    type="button"
    @click=${() => void client?.reconnect().catch(() => undefined)}
  >
    ${away ? words.connectNow : words.connectHere}
  </button>`;
  return banner(away ? words.offlineBanner : words.displacedBanner, offline, action);
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
    case 'locked':
      return panel(words.lockedTitle, errorText(words, 'locked'));
    case 'failed':
      return panel(words.failedTitle, errorText(words, problem ?? 'internal'));
    case 'closed':
      return panel(words.closedTitle, words.closedText);
    case 'unconfigured':
      return panel(words.unconfiguredTitle, words.unconfiguredText);
    default:
      return undefined;
  }
}
