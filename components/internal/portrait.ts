/**
 * The picture beside a name: drawn from the Coming ID, or what somebody says they look like, with that as a badge.
 *
 * @module
 */
import { html, type TemplateResult } from 'lit';
import type { ComingClient } from '../../core/client.js';
import { identicon } from './identicon.js';

let asked: Promise<void> | undefined;

/** @param picture - names their picture; undefined when they have none */
export function portrait(
  client: ComingClient | undefined,
  peer: string,
  picture: number | undefined,
): TemplateResult {
  if (picture === undefined) return identicon(peer);
  // Not loaded: the next rendering tries again.
  asked ??= import('./define-portrait.js').then(
    ({ definePortrait }) => definePortrait(),
    () => (asked = undefined),
  );
  return html`<coming-portrait .client=${client} .peer=${peer} .picture=${picture}></coming-portrait>`;
}
