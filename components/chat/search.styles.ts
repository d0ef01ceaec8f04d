import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { notices, personBones } from '../styles/notice.styles.js';
import { row } from './row.styles.js';

export const searchStyles: CSSResultGroup = [
  base,
  controls,
  notices,
  personBones,
  row,
  css`
    :host {
      display: flex;
      flex: 1;
      flex-direction: column;
      min-block-size: 0;
    }
    .top {
      align-items: center;
      display: flex;
      gap: var(--_space-1);
      padding-block-end: var(--_space-3);
      padding-inline: var(--_space-4) var(--_space-2);
    }
    :host([peer]:not([peer=''])) .top {
      padding-inline: 0;
    }
    .box {
      flex: 1;
      min-inline-size: 0;
      position: relative;
    }
    .box > .icon {
      color: var(--_muted);
      inset-block-start: calc(50% - 0.625rem);
      inset-inline-start: var(--_space-3);
      pointer-events: none;
      position: absolute;
    }
    .field {
      background: var(--_sunken);
      border-radius: 99rem;
      min-block-size: 2.5rem;
      padding-inline: calc(var(--_space-3) + 1.75rem) 2.75rem;
    }
    .field::-webkit-search-cancel-button {
      display: none;
    }
    .clear {
      block-size: 2rem;
      inline-size: 2rem;
      inset-block-start: calc(50% - 1rem);
      inset-inline-end: 0.25rem;
      min-block-size: 0;
      position: absolute;
    }
    .clear .icon {
      block-size: 1.125rem;
      inline-size: 1.125rem;
    }

    .results {
      flex: 1;
      min-block-size: 0;
      overflow-y: auto;
      overscroll-behavior: contain;
      padding: 0 var(--_space-2) var(--_space-2);
      position: relative;
      scrollbar-color: var(--_field-line) transparent;
      scrollbar-width: thin;
    }
    :host([peer]:not([peer=''])) .results {
      block-size: 22rem;
      flex: none;
      max-block-size: 50dvb;
      padding-inline: 0;
    }
    .heading {
      background: var(--_surface);
      color: var(--_muted);
      font-size: var(--_size-small);
      font-weight: 600;
      inset-block-start: 0;
      padding: var(--_space-2) var(--_space-2) var(--_space-1);
      position: sticky;
      z-index: 1;
    }
    .option,
    .bones {
      --_identicon: 2.875rem;
      align-items: center;
      display: flex;
      gap: var(--_space-3);
      padding: var(--_space-2);
    }
    .option {
      border-radius: var(--_radius-control);
      cursor: pointer;
      -webkit-tap-highlight-color: transparent;
    }
    .option:hover {
      background: var(--_hover);
    }
    .option[aria-selected='true'] {
      background: var(--_pressed);
    }
    .option.message {
      align-items: start;
    }
    .snippet {
      -webkit-box-orient: vertical;
      -webkit-line-clamp: 2;
      display: -webkit-box;
      grid-column: 1 / -1;
      line-height: 1.4;
      overflow: hidden;
      overflow-wrap: anywhere;
    }
    .wraps {
      grid-column: 1 / -1;
      overflow-wrap: anywhere;
    }
    mark {
      background: color-mix(in oklab, var(--_accent) 22%, transparent);
      border-radius: 0.2em;
      color: var(--_text);
      font-weight: 600;
    }
    .empty {
      display: grid;
      gap: var(--_space-1);
      justify-items: center;
      margin: auto;
      overflow-wrap: anywhere;
      padding: var(--_space-6);
      text-align: center;
    }
    .empty > .icon {
      block-size: 2rem;
      color: var(--_muted);
      inline-size: 2rem;
      margin-block-end: var(--_space-1);
    }
    @media (forced-colors: active) {
      .option[aria-selected='true'] {
        outline: 2px solid Highlight;
        outline-offset: -2px;
      }
      mark {
        background: Mark;
        color: MarkText;
        forced-color-adjust: none;
      }
    }
  `,
];
