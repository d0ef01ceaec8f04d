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
      align-items: center;
      display: flex;
      gap: var(--_space-3);
      padding: var(--_space-4) var(--_space-4) var(--_space-2);
    }
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
      padding-block: var(--_space-2);
    }
    .lines .bone {
      block-size: 0.75rem;
      inline-size: 60%;
    }
    .lines .bone:last-child {
      inline-size: 35%;
    }
  `,
];
