import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { step } from '../styles/step.styles.js';

export const flowStyles: CSSResultGroup = [
  base,
  controls,
  step,
  css`
    :host,
    form,
    .fields {
      display: grid;
      gap: var(--_space-3);
      grid-template-columns: minmax(0, 1fr);
    }
    h2:focus {
      outline: none;
    }
    .actions {
      margin-block-start: var(--_space-2);
    }
    .ways {
      display: grid;
      gap: var(--_space-2);
    }
    .way {
      border-color: var(--_line);
      display: grid;
      gap: 0;
      justify-items: start;
      padding: var(--_space-3) var(--_space-4);
      text-align: start;
    }
    .way:hover:not(:disabled) {
      background: var(--_hover);
    }
    .way b {
      font-weight: 600;
    }
    .way.warn b {
      color: var(--_danger);
    }
    .notice.bad {
      background: color-mix(in oklab, var(--_danger) 14%, var(--_surface));
    }
    [role='status']:empty {
      display: none;
    }
    .words {
      background: var(--_sunken);
      border: 1px solid var(--_line);
      border-radius: var(--_radius-control);
      counter-reset: word;
      display: grid;
      gap: var(--_space-2) var(--_space-4);
      grid-auto-flow: column;
      grid-template-columns: 1fr 1fr;
      grid-template-rows: repeat(6, auto);
      padding: var(--_space-4);
    }
    .words.long {
      grid-template-rows: repeat(12, auto);
    }
    .words li {
      counter-increment: word;
      font-family: var(--_mono);
      font-weight: 600;
    }
    .words li::before {
      color: var(--_muted);
      content: counter(word) '. ';
      display: inline-block;
      font-weight: 400;
      inline-size: 2.25em;
    }
    textarea.field {
      display: block;
      font-family: var(--_mono);
      min-block-size: 5.5rem;
      resize: vertical;
    }
    .meter {
      background: var(--_line);
      block-size: 0.25rem;
      border-radius: 1rem;
      display: flex;
      overflow: clip;
    }
    .meter::before {
      background: var(--_danger);
      content: '';
      inline-size: 12%;
    }
    .meter.s1::before {
      inline-size: 33%;
    }
    .meter.s2::before {
      background: var(--_caution);
      inline-size: 66%;
    }
    .meter.s3::before {
      background: var(--_positive);
      inline-size: 100%;
    }
    dl {
      border-block: 1px solid var(--_line);
      display: grid;
      gap: var(--_space-2) var(--_space-4);
      grid-template-columns: auto 1fr;
      padding-block: var(--_space-3);
    }
    dt {
      color: var(--_muted);
    }
    dd {
      font-variant-numeric: tabular-nums;
      overflow-wrap: anywhere;
      text-align: end;
    }
    .pin {
      font-family: var(--_mono);
      font-size: calc(var(--_size) * 1.2);
      font-weight: 650;
      letter-spacing: 0.06em;
      white-space: nowrap;
    }
    fieldset {
      border: 0;
      display: grid;
      gap: var(--_space-2);
      margin: 0;
      min-inline-size: 0;
      padding: 0;
    }
    legend {
      font-size: var(--_size-small);
      font-weight: 600;
      margin-block-end: var(--_space-1);
      padding: 0;
    }
    .choice {
      align-items: start;
      display: flex;
      gap: var(--_space-2);
      overflow-wrap: anywhere;
    }
    .choice input {
      accent-color: var(--_accent);
      block-size: 1.125rem;
      flex: none;
      inline-size: 1.125rem;
      margin: 0.15rem 0 0;
    }
    coming-qr-code {
      margin-inline: auto;
    }
    .text {
      align-items: center;
      background: var(--_sunken);
      border: 1px solid var(--_line);
      border-radius: var(--_radius-control);
      display: flex;
      gap: var(--_space-2);
      padding-inline: var(--_space-3) var(--_space-1);
    }
    .text > .mono {
      flex: 1;
      font-size: var(--_size-small);
      min-inline-size: 0;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    @media (forced-colors: active) {
      .meter::before {
        background: Highlight;
      }
    }
  `,
];
