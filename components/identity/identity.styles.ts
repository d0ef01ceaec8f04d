import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { card } from '../styles/card.styles.js';
import { controls } from '../styles/controls.styles.js';
import { notices, personBones } from '../styles/notice.styles.js';
import { tokens } from '../styles/tokens.styles.js';

export const identityStyles: CSSResultGroup = [
  tokens,
  base,
  controls,
  notices,
  card,
  personBones,
  css`
    .card:focus {
      outline: none;
    }
    .head {
      align-items: center;
      display: flex;
      gap: var(--_space-3);
      padding: var(--_space-4) var(--_space-4) var(--_space-2);
    }
    .lines {
      padding-block: var(--_space-2);
    }
    .lines .bone:last-child {
      inline-size: 35%;
    }
  `,
];
