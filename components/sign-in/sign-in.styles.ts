import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { tokens } from '../styles/tokens.styles.js';

export const signInStyles: CSSResultGroup = [
  tokens,
  base,
  controls,
  css`
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
  `,
];
