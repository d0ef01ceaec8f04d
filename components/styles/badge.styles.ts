/**
 * The round picture above a heading that says at a glance what it is about.
 *
 * @module
 */
import { css, type CSSResult } from 'lit';

export const badge: CSSResult = css`
  .badge {
    background: color-mix(in oklab, var(--_accent) 13%, var(--_surface));
    block-size: 3.25rem;
    border-radius: 50%;
    color: var(--_accent);
    display: grid;
    inline-size: 3.25rem;
    place-content: center;
  }
  .badge .icon {
    block-size: 1.625rem;
    inline-size: 1.625rem;
  }
`;
