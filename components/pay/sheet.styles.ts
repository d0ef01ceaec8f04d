import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { notices } from '../styles/notice.styles.js';

export const sheetStyles: CSSResultGroup = [
  base,
  controls,
  notices,
  css`
    .actions {
      display: flex;
      flex-wrap: wrap;
      gap: var(--_space-2);
      justify-content: end;
      margin-block-start: var(--_space-6);
    }
    .actions .primary {
      flex: 1 1 auto;
      max-inline-size: 100%;
      overflow-wrap: anywhere;
    }
    [data-first]:focus:not(button) {
      outline: none;
    }
    .state {
      padding: var(--_space-2) 0;
    }
    coming-welcome {
      margin-inline: calc(-1 * var(--_space-6));
    }

    .network .banner {
      border: 1px solid color-mix(in oklab, var(--_caution) 35%, var(--_line));
      border-radius: var(--_radius-control);
      margin-block-end: var(--_space-3);
      padding-inline: var(--_space-3);
    }
    .network .connecting {
      margin-block-end: var(--_space-2);
    }

    .sum {
      font-size: calc(var(--_size) * 2);
      font-variant-numeric: tabular-nums;
      font-weight: 680;
      letter-spacing: -0.025em;
      line-height: 1.2;
      overflow-wrap: anywhere;
    }
    .mono {
      font-family: var(--_mono);
      font-size: 0.94em;
    }
    .groups {
      display: inline-flex;
      flex-wrap: wrap;
      font-size: var(--_size-small);
      gap: 0 0.6em;
      line-height: 1.5;
    }
    .party {
      --_identicon: 2.75rem;
      align-items: start;
      background: var(--_sunken);
      border: 1px solid var(--_line);
      border-radius: var(--_radius-control);
      display: flex;
      gap: var(--_space-3);
      margin-block-start: var(--_space-3);
      padding: var(--_space-3);
    }
    .party > div {
      min-inline-size: 0;
    }
    .name {
      font-weight: 650;
      overflow-wrap: anywhere;
    }
    dl {
      display: grid;
      font-size: var(--_size-small);
      gap: var(--_space-2) var(--_space-4);
      grid-template-columns: auto 1fr;
      margin-block-start: var(--_space-4);
    }
    dt {
      color: var(--_muted);
    }
    dd {
      font-variant-numeric: tabular-nums;
      min-inline-size: 0;
      overflow-wrap: anywhere;
      text-align: end;
    }
    dd bdi {
      display: block;
    }
    .total {
      border-block-start: 1px solid var(--_line);
      color: var(--_text);
      font-weight: 650;
      padding-block-start: var(--_space-2);
    }
    dt.total {
      margin-inline-end: calc(-1 * var(--_space-4));
    }
    .bone.fee {
      block-size: 0.75rem;
      inline-size: 6rem;
      margin-inline-start: auto;
    }
    [role='alert'] > .error,
    .notice {
      margin-block-start: var(--_space-4);
    }
    .notice {
      background: color-mix(in oklab, var(--_caution) 13%, var(--_surface));
      border-radius: var(--_radius-control);
      font-size: var(--_size-small);
      padding: var(--_space-2) var(--_space-3);
    }

    .outcome {
      align-items: center;
      display: flex;
      flex-direction: column;
      padding-block: var(--_space-2) var(--_space-4);
      text-align: center;
    }
    .outcome > .icon {
      block-size: 3.25rem;
      inline-size: 3.25rem;
      margin-block-end: var(--_space-2);
    }
    .outcome.good > .icon {
      color: var(--_positive);
    }
    .outcome.bad > .icon {
      color: var(--_danger);
    }
    .spinner {
      animation: turn 900ms linear infinite;
      block-size: 2.75rem;
      border: 0.25rem solid var(--_line);
      border-block-start-color: var(--_accent);
      border-radius: 50%;
      inline-size: 2.75rem;
      margin: 0.25rem 0.25rem calc(0.25rem + var(--_space-2));
    }
    @keyframes turn {
      to {
        rotate: 1turn;
      }
    }

    .steps {
      display: grid;
      margin-inline: auto;
      max-inline-size: max-content;
    }
    .steps li {
      align-items: center;
      color: var(--_muted);
      display: flex;
      gap: var(--_space-3);
      padding-block: var(--_space-1);
      position: relative;
    }
    .steps li:not(:last-child)::after {
      background: var(--_line);
      block-size: calc(100% - 1.375rem);
      content: '';
      inline-size: 2px;
      inset-block-start: calc(50% + 0.6875rem);
      inset-inline-start: calc(0.6875rem - 1px);
      position: absolute;
    }
    .steps .done:not(:last-child)::after {
      background: var(--_accent);
    }
    .steps .current,
    .steps .done {
      color: var(--_text);
    }
    .steps .current {
      font-weight: 600;
    }
    .mark {
      block-size: 1.375rem;
      border: 2px solid var(--_line);
      border-radius: 50%;
      color: var(--_on-accent);
      display: grid;
      flex: none;
      inline-size: 1.375rem;
      place-content: center;
    }
    .current .mark {
      border-color: var(--_accent);
    }
    .done .mark {
      background: var(--_accent);
      border-color: var(--_accent);
    }
    .mark .icon {
      block-size: 0.875rem;
      inline-size: 0.875rem;
      stroke-width: 3;
    }
    .hash,
    .account {
      align-items: center;
      display: grid;
      gap: 0 var(--_space-2);
      grid-template-columns: minmax(0, 1fr) auto;
    }
    .hash {
      border-block-start: 1px solid var(--_line);
      margin-block: var(--_space-4) var(--_space-2);
      padding-block-start: var(--_space-2);
    }
    .hash > .muted {
      grid-column: 1;
    }
    .hash > .mono {
      grid-column: 1;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .hash > coming-copy-button {
      grid-area: 1 / 2 / span 2;
    }
    .account {
      background: var(--_sunken);
      border: 1px solid var(--_line);
      border-radius: var(--_radius-control);
      margin-block-start: var(--_space-2);
      padding: var(--_space-2) var(--_space-1) var(--_space-2) var(--_space-3);
      padding-inline: var(--_space-3) var(--_space-1);
    }
    .lack > p + p {
      margin-block-start: var(--_space-3);
    }

    .bones {
      display: grid;
      gap: var(--_space-3);
      padding-block: var(--_space-2);
    }
    .bones .bone {
      block-size: 1rem;
      inline-size: 45%;
    }
    .bones .bone:first-of-type {
      block-size: 3rem;
      inline-size: 100%;
    }
    .bones .bone:last-child {
      inline-size: 70%;
    }
    @media (prefers-reduced-motion: reduce) {
      .spinner {
        animation-duration: 4s;
      }
    }
    @media (forced-colors: active) {
      .mark {
        border-color: CanvasText;
      }
      .done .mark {
        background: Highlight;
        border-color: Highlight;
        color: HighlightText;
        forced-color-adjust: none;
      }
      .spinner {
        border-block-start-color: Highlight;
      }
    }
  `,
];
