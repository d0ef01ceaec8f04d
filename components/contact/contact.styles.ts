import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { card } from '../styles/card.styles.js';
import { controls } from '../styles/controls.styles.js';
import { notices } from '../styles/notice.styles.js';
import { tokens } from '../styles/tokens.styles.js';

export const contactStyles: CSSResultGroup = [
  tokens,
  base,
  controls,
  notices,
  card,
  css`
    coming-contact-card,
    .starting {
      padding: var(--_space-4);
    }
    .bone {
      block-size: 3rem;
    }
  `,
];
