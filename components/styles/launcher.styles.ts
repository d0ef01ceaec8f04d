/**
 * A button that stands by itself on a page and opens a dialog, and what it says below.
 *
 * @module
 */
import { css, type CSSResult } from 'lit';

export const launcher: CSSResult = css`
  :host {
    background: none;
    display: inline-block;
    max-inline-size: 100%;
  }
  .primary {
    inline-size: 100%;
    min-block-size: 2.75rem;
    overflow-wrap: anywhere;
  }
  /* What is said has a ground of its own: nobody knows what the page has behind it. */
  p:not(:empty) {
    background: var(--_surface);
    border-radius: var(--_radius-control);
    font-size: var(--_size-small);
    margin-block-start: var(--_space-1);
    padding: var(--_space-1) var(--_space-2);
  }
`;
