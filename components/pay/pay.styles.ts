import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { launcher } from '../styles/launcher.styles.js';
import { tokens } from '../styles/tokens.styles.js';

export const payStyles: CSSResultGroup = [
  tokens,
  base,
  controls,
  launcher,
  css`
    .pay {
      background: var(--coming-pay-background, var(--_accent));
    }
    .pay:hover:not(:disabled) {
      background: color-mix(in oklab, var(--coming-pay-background, var(--_accent)) 88%, var(--_text));
    }
  `,
];
