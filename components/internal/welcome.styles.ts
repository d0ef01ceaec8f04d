import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';

export const welcomeStyles: CSSResultGroup = [
  base,
  controls,
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
      background: color-mix(in oklab, var(--_accent) 13%, var(--_surface));
      block-size: 3.25rem;
      border-radius: 50%;
      color: var(--_accent);
      display: grid;
      inline-size: 3.25rem;
      margin-block-end: var(--_space-1);
      place-content: center;
    }
    .badge .icon {
      block-size: 1.625rem;
      inline-size: 1.625rem;
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
