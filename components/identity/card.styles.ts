import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { notices } from '../styles/notice.styles.js';

export const cardStyles: CSSResultGroup = [
  base,
  controls,
  notices,
  css`
    :host {
      display: block;
    }
    .head {
      --_identicon: 3rem;
      align-items: center;
      display: flex;
      gap: var(--_space-2);
      padding: var(--_space-4) var(--_space-4) var(--_space-2);
    }
    .head .who {
      margin-inline-start: var(--_space-1);
    }
    .who {
      display: grid;
      flex: 1;
      min-inline-size: 0;
      overflow-wrap: anywhere;
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
    .hint {
      padding-block-end: var(--_space-3);
      padding-inline: var(--_space-4);
    }
    dl {
      border-block: 1px solid var(--_line);
      display: grid;
      font-size: var(--_size-small);
      gap: var(--_space-1) var(--_space-4);
      grid-template-columns: auto 1fr;
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
    h2 {
      font-size: var(--_size-small);
      letter-spacing: normal;
      padding: var(--_space-4) var(--_space-4) var(--_space-1);
    }
    .devices li {
      align-items: center;
      display: flex;
      gap: var(--_space-2);
      padding-block: var(--_space-2);
      padding-inline: var(--_space-4) var(--_space-3);
    }
    .devices li + li {
      border-block-start: 1px solid var(--_line);
    }
    .badge {
      background: color-mix(in oklab, var(--_accent) 14%, var(--_surface));
      border-radius: 1rem;
      color: var(--_text);
      font-size: var(--_size-tiny);
      font-weight: 600;
      margin-inline-start: var(--_space-1);
      padding: 0.0625rem var(--_space-2);
      white-space: nowrap;
    }
    .row {
      border-block-start: 1px solid var(--_line);
      border-radius: 0;
      gap: var(--_space-3);
      inline-size: 100%;
      min-block-size: 3rem;
      padding: var(--_space-2) var(--_space-4);
      text-align: start;
    }
    .row:hover {
      background: var(--_hover);
    }
    .row:active:not(:disabled) {
      background: var(--_pressed);
      transform: none;
    }
    .row:focus-visible {
      outline-offset: -3px;
    }
    .row b {
      font-weight: 550;
    }
    .row.warn {
      color: var(--_danger);
      justify-content: start;
    }
    .row > .icon {
      color: var(--_muted);
    }
    .trouble {
      color: var(--_danger);
      font-size: var(--_size-small);
      padding: var(--_space-3) var(--_space-4);
    }
    .trouble:empty {
      display: none;
    }
    .bones {
      display: grid;
      gap: var(--_space-3);
      padding: var(--_space-4);
    }
    .bones .bone {
      block-size: 2.5rem;
    }
  `,
];
