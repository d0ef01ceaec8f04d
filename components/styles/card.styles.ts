/**
 * The panel that stands by itself on a page.
 *
 * @module
 */
import { css, type CSSResult } from 'lit';

export const card: CSSResult = css`
  :host {
    border-radius: var(--_radius);
    display: block;
    max-inline-size: 26rem;
  }
  .card {
    border: 1px solid var(--_line);
    border-radius: inherit;
    overflow: clip;
  }
`;
