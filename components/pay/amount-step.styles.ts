import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';

export const amountStepStyles: CSSResultGroup = [
  base,
  controls,
  css`
    :host {
      display: block;
    }
    .box {
      align-items: baseline;
      background: var(--_sunken);
      border: 1px solid var(--_field-line);
      border-radius: var(--_radius-control);
      display: flex;
      gap: var(--_space-2);
      padding-inline: var(--_space-4);
    }
    .box:focus-within {
      border-color: var(--_accent);
      outline: 1px solid var(--_accent);
    }
    .box:has([aria-invalid='true']) {
      border-color: var(--_danger);
      outline-color: var(--_danger);
    }
    input,
    select {
      appearance: none;
      background: none;
      border: 0;
      color: inherit;
      font: inherit;
      margin: 0;
      padding: 0;
    }
    input {
      flex: 1;
      font-size: calc(var(--_size) * 2);
      font-variant-numeric: tabular-nums;
      font-weight: 650;
      letter-spacing: -0.02em;
      line-height: 1.2;
      min-inline-size: 0;
      padding-block: var(--_space-3);
    }
    input:focus-visible {
      outline: none;
    }
    input::placeholder {
      color: var(--_muted);
      opacity: 0.75;
    }
    .symbol {
      color: var(--_muted);
      flex: none;
      font-size: var(--_size-large);
      font-weight: 600;
    }
    select.symbol {
      appearance: auto;
      background: var(--_sunken);
      border-radius: var(--_radius-control);
      color: var(--_text);
      cursor: pointer;
      min-block-size: 2.5rem;
    }
    .under {
      align-items: baseline;
      display: flex;
      gap: var(--_space-2);
      justify-content: space-between;
      margin-block-start: var(--_space-1);
    }
    .under .quiet {
      margin-inline-end: calc(-1 * var(--_space-3));
      min-block-size: 2rem;
    }
    .error:not(:empty) {
      margin-block-start: var(--_space-1);
    }
    .actions {
      display: flex;
      flex-wrap: wrap;
      gap: var(--_space-2);
      justify-content: end;
      margin-block-start: var(--_space-6);
    }
  `,
];
