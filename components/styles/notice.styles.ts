/**
 * Sentences that say how things are: whole-panel states, banners, and the skeleton while starting.
 *
 * @module
 */
import { css, type CSSResult } from 'lit';

export const notices: CSSResult = css`
  .state {
    align-items: center;
    display: flex;
    flex-direction: column;
    gap: var(--_space-2);
    justify-content: center;
    margin: auto;
    max-inline-size: 26rem;
    padding: var(--_space-8) var(--_space-6);
    text-align: center;
  }
  .state > .icon {
    block-size: 2rem;
    color: var(--_muted);
    inline-size: 2rem;
    margin-block-end: var(--_space-1);
  }
  .state > button {
    margin-block-start: var(--_space-2);
  }
  .banner {
    align-items: start;
    background: color-mix(in oklab, var(--_caution) 13%, var(--_surface));
    border-block-end: 1px solid var(--_line);
    color: var(--_text);
    display: flex;
    font-size: var(--_size-small);
    gap: var(--_space-2);
    line-height: 1.4;
    padding: var(--_space-2) var(--_space-4);
  }
  .banner > p {
    flex: 1;
  }
  .banner > button {
    font-size: inherit;
    margin-block: calc(-1 * var(--_space-1));
    margin-inline-end: calc(-1 * var(--_space-2));
    min-block-size: 1.75rem;
    padding: 0 var(--_space-2);
    white-space: nowrap;
  }
  .banner > .icon {
    block-size: 1.125rem;
    color: var(--_caution);
    inline-size: 1.125rem;
  }
  .banner.stop {
    background: color-mix(in oklab, var(--_danger) 14%, var(--_surface));
  }
  .banner.stop > .icon {
    color: var(--_danger);
  }
  .bone {
    animation: breathe 1.6s ease-in-out infinite alternate;
    background: var(--_line);
    border-radius: var(--_radius-control);
    display: block;
  }
  @keyframes breathe {
    from {
      opacity: 1;
    }
    to {
      opacity: 0.45;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .bone {
      animation: none;
    }
  }
  @media (forced-colors: active) {
    .bone {
      background: GrayText;
    }
    .banner {
      border: 1px solid CanvasText;
    }
  }
`;

/** What stands for a person who is still being loaded. */
export const personBones: CSSResult = css`
  .picture {
    block-size: 3rem;
    border-radius: 50%;
    inline-size: 3rem;
  }
  .lines {
    display: grid;
    flex: 1;
    gap: var(--_space-2);
    min-inline-size: 0;
  }
  .lines .bone {
    block-size: 0.75rem;
    inline-size: 60%;
  }
`;
