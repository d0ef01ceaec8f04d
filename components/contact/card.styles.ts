import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { notices, personBones } from '../styles/notice.styles.js';
import { step } from '../styles/step.styles.js';

export const cardStyles: CSSResultGroup = [
  base,
  controls,
  notices,
  personBones,
  step,
  css`
    .claimed {
      font-style: italic;
      font-weight: 450;
    }
    :host {
      container-type: inline-size;
      display: flex;
      flex-direction: column;
      gap: var(--_space-3);
    }
    h2:focus,
    [tabindex='-1']:focus {
      outline: none;
    }
    h3 {
      font: inherit;
      font-size: var(--_size-small);
      font-weight: 650;
      margin: 0 0 var(--_space-1);
    }
    .head {
      --_identicon: 3rem;
      align-items: center;
      display: flex;
      gap: var(--_space-3);
    }
    .heading {
      align-items: center;
      display: flex;
      gap: var(--_space-2);
      margin-inline-start: calc(-1 * var(--_space-2));
    }
    .who {
      flex: 1;
      min-inline-size: 0;
    }
    h2 {
      overflow-wrap: anywhere;
    }
    .domain {
      color: var(--_positive);
      overflow-wrap: anywhere;
    }
    .id {
      align-items: center;
      background: var(--_sunken);
      border: 1px solid var(--_line);
      border-radius: var(--_radius-control);
      display: flex;
      gap: var(--_space-2);
      justify-content: space-between;
      padding: var(--_space-1) var(--_space-1) var(--_space-1) var(--_space-3);
      padding-inline: var(--_space-3) var(--_space-1);
    }
    .groups span {
      display: inline-block;
    }
    .wide {
      inline-size: 100%;
    }

    .status {
      --_mood: var(--_muted);
      background: color-mix(in oklab, var(--_mood) 9%, var(--_surface));
      border: 1px solid color-mix(in oklab, var(--_mood) 32%, var(--_line));
      border-radius: var(--_radius-control);
      display: flex;
      gap: var(--_space-3);
      padding: var(--_space-3);
    }
    .status > .icon {
      block-size: 1.5rem;
      color: var(--_mood);
      inline-size: 1.5rem;
    }
    .status .title {
      font-weight: 650;
    }
    .status.good {
      --_mood: var(--_positive);
    }
    .status.fair {
      --_mood: var(--_accent);
    }
    .status.bad {
      --_mood: var(--_danger);
    }

    .number {
      align-items: center;
      background: var(--_sunken);
      border: 1px solid var(--_line);
      border-radius: var(--_radius-control);
      display: flex;
      justify-content: space-between;
      padding: var(--_space-3) var(--_space-1) var(--_space-3) var(--_space-3);
      padding-inline: var(--_space-4) var(--_space-1);
    }
    .digits {
      display: grid;
      flex: 1;
      font-size: calc(var(--_size) * 1.067);
      font-variant-numeric: tabular-nums;
      gap: var(--_space-1) var(--_space-3);
      grid-template-columns: repeat(4, auto);
      justify-content: space-evenly;
      letter-spacing: 0.04em;
    }
    .bone.block {
      block-size: 4.5rem;
      flex: 1;
    }
    .pair {
      display: grid;
      gap: var(--_space-2);
      grid-template-columns: 1fr 1fr;
    }
    .code {
      border-block-start: 1px solid var(--_line);
      display: grid;
      gap: var(--_space-3);
      justify-items: center;
      padding-block-start: var(--_space-3);
    }
    .code > div {
      display: grid;
      gap: var(--_space-3);
      justify-self: stretch;
    }

    .devices {
      border-block: 1px solid var(--_line);
    }
    .devices li {
      overflow-wrap: anywhere;
      padding-block: var(--_space-2);
    }
    .devices li + li {
      border-block-start: 1px solid var(--_line);
    }
    .badge {
      background: var(--_accent);
      border-radius: 1rem;
      color: var(--_on-accent);
      font-size: var(--_size-tiny);
      font-weight: 650;
      margin-inline-start: var(--_space-1);
      padding: 0.0625rem var(--_space-2);
    }
    details {
      font-size: var(--_size-small);
    }
    summary {
      color: var(--_muted);
      cursor: pointer;
      font-weight: 550;
      padding-block: var(--_space-1);
    }
    details form {
      margin-block-start: var(--_space-1);
    }
    .line {
      display: flex;
      gap: var(--_space-2);
    }
    .ways {
      border-block-start: 1px solid var(--_line);
      display: flex;
      flex-wrap: wrap;
      justify-content: space-between;
      padding-block-start: var(--_space-2);
    }
    .actions {
      margin-block-start: var(--_space-3);
    }
    @container (inline-size < 20rem) {
      .digits {
        grid-template-columns: repeat(3, auto);
      }
      .pair {
        grid-template-columns: 1fr;
      }
      .code {
        flex-direction: column;
      }
    }
  `,
];
