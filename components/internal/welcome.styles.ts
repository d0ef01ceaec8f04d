import { css, type CSSResultGroup } from 'lit';
import { badge } from '../styles/badge.styles.js';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';

export const welcomeStyles: CSSResultGroup = [
  base,
  controls,
  badge,
  css`
    :host {
      display: block;
    }
    .welcome {
      align-items: center;
      display: flex;
      flex-direction: column;
      gap: var(--_space-2);
      margin-inline: auto;
      max-inline-size: 24rem;
      padding: var(--_space-6);
      text-align: center;
    }
    coming-restore,
    coming-unlock {
      display: block;
      margin-inline: auto;
      max-inline-size: 24rem;
      padding: var(--_space-6);
    }
    .badge {
      margin-block-end: var(--_space-1);
    }
    .choices {
      display: grid;
      gap: var(--_space-2);
      inline-size: 100%;
      margin-block-start: var(--_space-3);
    }
    .choice {
      gap: var(--_space-3);
      inline-size: 100%;
      justify-content: start;
      padding: var(--_space-3) var(--_space-4);
      text-align: start;
    }
    .choice > span {
      display: grid;
      min-inline-size: 0;
    }
    .choice .small {
      font-weight: 400;
    }
    b {
      font-weight: 600;
      overflow-wrap: anywhere;
    }
    [role='status']:empty,
    [role='alert']:empty {
      block-size: 0;
      margin-block-start: calc(-1 * var(--_space-2));
    }
    [role='status'] {
      margin-block-start: var(--_space-1);
    }
  `,
];
