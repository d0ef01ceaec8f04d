/**
 * What the steps of a dialog have in common: a word of caution, what can be done at the end, why it failed.
 *
 * @module
 */
import { css, type CSSResult } from 'lit';

export const step: CSSResult = css`
  .mono {
    font-family: var(--_mono);
  }
  .notice {
    background: color-mix(in oklab, var(--_caution) 13%, var(--_surface));
    border-radius: var(--_radius-control);
    font-size: var(--_size-small);
    padding: var(--_space-2) var(--_space-3);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: var(--_space-2);
    justify-content: end;
  }
  .error:empty {
    display: none;
  }
`;
