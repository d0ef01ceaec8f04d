import { css, type CSSResultGroup } from 'lit';
import { badge } from '../styles/badge.styles.js';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';

export const choiceStyles: CSSResultGroup = [
  base,
  controls,
  badge,
  css`
    :host {
      display: block;
      inline-size: 100%;
    }
    .choice {
      align-items: center;
      display: flex;
      flex-direction: column;
      gap: var(--_space-3);
      text-align: center;
    }
    .badge.bad {
      background: color-mix(in oklab, var(--_caution) 14%, var(--_surface));
      color: var(--_caution);
    }
    .badge.good {
      background: color-mix(in oklab, var(--_positive) 14%, var(--_surface));
      color: var(--_positive);
    }
    h2 + p {
      margin-block-start: calc(-1 * var(--_space-2));
    }
    [role='status'] > .small {
      display: block;
      margin-block-start: var(--_space-2);
    }
    .accounts {
      display: grid;
      gap: var(--_space-2);
      inline-size: 100%;
    }
    .account {
      --_identicon: 2.5rem;
      align-items: center;
      border: 1px solid var(--_line);
      border-radius: var(--_radius-control);
      display: flex;
      gap: var(--_space-3);
      inline-size: 100%;
      justify-content: start;
      padding: var(--_space-3) var(--_space-4);
      text-align: start;
    }
    button.account:hover {
      background: var(--_hover);
    }
    button.account:active {
      background: var(--_pressed);
    }
    .who {
      display: grid;
      min-inline-size: 0;
    }
    b {
      font-weight: 600;
      overflow-wrap: anywhere;
    }
    .mono {
      font-family: var(--_mono);
      font-size: 0.94em;
    }
    .ways {
      display: grid;
      gap: var(--_space-2);
      inline-size: 100%;
      margin-block-start: var(--_space-2);
    }
    /* Something is waited for; it is not known how long. */
    .track {
      background: var(--_line);
      block-size: 0.1875rem;
      border-radius: 1rem;
      inline-size: min(9rem, 60%);
      overflow: clip;
      position: relative;
    }
    .track::after {
      animation: pass 1.4s ease-in-out infinite;
      background: var(--_accent);
      border-radius: inherit;
      content: '';
      inline-size: 40%;
      inset-block: 0;
      inset-inline-start: -40%;
      position: absolute;
    }
    @keyframes pass {
      to {
        inset-inline-start: 100%;
      }
    }
    @media (prefers-reduced-motion: reduce) {
      .track::after {
        animation: none;
        inset-inline-start: 30%;
      }
    }
    @media (forced-colors: active) {
      .track::after {
        background: Highlight;
      }
    }
  `,
];
