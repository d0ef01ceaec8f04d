import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';

export const paymentStyles: CSSResultGroup = [
  base,
  css`
    :host {
      display: block;
      inline-size: 15rem;
      max-inline-size: 100%;
    }
    .sum {
      font-size: calc(var(--_size) * 1.65);
      font-variant-numeric: tabular-nums;
      font-weight: 680;
      letter-spacing: -0.02em;
      line-height: 1.25;
      overflow-wrap: anywhere;
    }
    .symbol {
      font-size: 0.7em;
      font-weight: 600;
      letter-spacing: 0;
    }
    .unknown {
      font-size: var(--_size-large);
    }
    .void {
      color: var(--_muted);
      text-decoration: line-through;
      text-decoration-thickness: 1px;
    }
    .void .symbol {
      display: inline-block;
      text-decoration: none;
    }
    .standing {
      align-items: start;
      display: flex;
      gap: var(--_space-1);
      line-height: 1.35;
      margin-block-start: var(--_space-1);
    }
    .standing > .icon {
      block-size: 1.0625rem;
      inline-size: 1.0625rem;
      margin-block-start: 0.05rem;
    }
    .neutral > .icon,
    .doubtful {
      color: var(--_muted);
    }
    .good > .icon {
      color: var(--_positive);
    }
    .bad {
      color: var(--_danger);
    }
    summary {
      color: var(--_muted);
      cursor: pointer;
      margin-block-start: var(--_space-1);
      padding-block: 0.3rem;
      inline-size: max-content;
    }
    summary:hover {
      color: var(--_text);
    }
    dl {
      align-items: center;
      border-block-start: 1px solid color-mix(in oklab, var(--_text) 14%, transparent);
      display: grid;
      gap: var(--_space-1) var(--_space-3);
      grid-template-columns: auto 1fr;
      margin-block: var(--_space-1) var(--_space-2);
      padding-block-start: var(--_space-2);
    }
    dt {
      color: var(--_muted);
    }
    dd {
      align-items: center;
      display: flex;
      justify-content: end;
      min-inline-size: 0;
      overflow-wrap: anywhere;
      text-align: end;
    }
    coming-copy-button {
      margin: -0.5rem -0.625rem -0.5rem -0.25rem;
      margin-inline: -0.25rem -0.625rem;
    }
    .mono {
      font-family: var(--_mono);
      font-size: 0.94em;
    }
  `,
];
