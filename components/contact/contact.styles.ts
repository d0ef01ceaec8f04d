import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { notices } from '../styles/notice.styles.js';
import { tokens } from '../styles/tokens.styles.js';

export const contactStyles: CSSResultGroup = [
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
    coming-contact-card,
    .starting {
      padding: var(--_space-4);
    }
    .bone {
      block-size: 3rem;
    }
  `,
];
