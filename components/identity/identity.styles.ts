import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { notices } from '../styles/notice.styles.js';
import { tokens } from '../styles/tokens.styles.js';

export const identityStyles: CSSResultGroup = [
  tokens,
  base,
  controls,
  notices,
  css`
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
    .card:focus {
      outline: none;
    }
    .head {
      --_identicon: 3rem;
      align-items: center;
      display: flex;
      gap: var(--_space-3);
      padding: var(--_space-4) var(--_space-4) var(--_space-2);
    }
    .who,
    .lines {
      flex: 1;
      min-inline-size: 0;
    }
    .id {
      font-size: var(--_size-large);
      font-weight: 600;
      letter-spacing: -0.01em;
      line-height: 1.3;
    }
    .mono {
      font-family: var(--_mono);
      font-size: 0.94em;
    }
    .picture {
      block-size: 3rem;
      border-radius: 50%;
      inline-size: 3rem;
    }
    .lines {
      display: grid;
      gap: var(--_space-2);
      padding-block: var(--_space-2);
    }
    .lines .bone {
      block-size: 0.75rem;
      inline-size: 60%;
    }
    .lines .bone:last-child {
      inline-size: 35%;
    }
    .hint {
      padding-inline: var(--_space-4);
    }
    dl {
      border-block: 1px solid var(--_line);
      display: grid;
      font-size: var(--_size-small);
      gap: var(--_space-1) var(--_space-4);
      grid-template-columns: auto 1fr;
      margin-block-start: var(--_space-3);
      padding: var(--_space-3) var(--_space-4);
    }
    dt {
      color: var(--_muted);
    }
    dd {
      text-align: end;
    }
    .relay {
      overflow-wrap: anywhere;
    }
    .dot {
      background: var(--_muted);
      block-size: 0.5rem;
      border-radius: 50%;
      display: inline-block;
      forced-color-adjust: none;
      inline-size: 0.5rem;
      margin-inline-end: var(--_space-2);
    }
    .dot.good {
      background: var(--_positive);
    }
    .dot.bad {
      background: var(--_caution);
    }
    .card > .quiet {
      border-radius: 0;
      font-size: var(--_size-small);
      inline-size: 100%;
      min-block-size: 2.75rem;
    }
    .card > .quiet:focus-visible {
      outline-offset: -3px;
    }
    .actions {
      display: flex;
      flex-wrap: wrap;
      gap: var(--_space-2);
      justify-content: end;
      margin-block-start: var(--_space-6);
    }
    .error:not(:empty) {
      margin-block-start: var(--_space-2);
    }
  `,
];
