import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { notices } from '../styles/notice.styles.js';

export const conversationListStyles: CSSResultGroup = [
  base,
  controls,
  notices,
  css`
    :host {
      display: flex;
      flex-direction: column;
      min-block-size: 0;
    }
    header {
      align-items: center;
      display: flex;
      gap: 0 var(--_space-3);
      min-block-size: 4rem;
      padding-inline: var(--_space-4) var(--_space-2);
    }
    header > p {
      flex: 1;
      min-inline-size: 0;
    }
    .me {
      align-items: center;
      display: flex;
      white-space: nowrap;
    }
    .mono {
      font-family: var(--_mono);
      font-size: 0.94em;
    }
    .small.mono {
      font-size: calc(var(--_size-small) * 0.97);
    }
    form {
      border-block-end: 1px solid var(--_line);
      padding: 0 var(--_space-4) var(--_space-4);
    }
    [role='status'] .banner:last-child {
      margin-block-end: var(--_space-3);
    }
    .banner {
      border-block-start: 1px solid var(--_line);
    }
    .row {
      display: flex;
      gap: var(--_space-2);
    }
    .row .primary {
      min-block-size: 2.75rem;
    }
    .error:not(:empty) {
      padding-block-start: var(--_space-2);
    }
    ul {
      flex: 1;
      min-block-size: 0;
      overflow-y: auto;
      overscroll-behavior: contain;
      padding: var(--_space-2);
      scrollbar-color: var(--_field-line) transparent;
      scrollbar-width: thin;
    }
    .conversation {
      --_identicon: 2.875rem;
      gap: var(--_space-3);
      inline-size: 100%;
      justify-content: start;
      padding: var(--_space-2);
      text-align: start;
    }
    .conversation:hover {
      background: var(--_hover);
    }
    .conversation:focus-visible {
      outline-offset: -2px;
    }
    .who {
      align-items: baseline;
      display: grid;
      flex: 1;
      gap: 0 var(--_space-2);
      grid-template-columns: 1fr auto;
      min-inline-size: 0;
    }
    .name,
    .preview {
      min-inline-size: 0;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .name {
      font-weight: 600;
    }
    .claimed {
      font-style: italic;
      font-weight: 450;
    }
    .request {
      border: 1px solid var(--_line);
      border-radius: 99rem;
      font-size: var(--_size-tiny);
      font-weight: 600;
      padding-inline: 0.375rem;
    }
    .unread .preview {
      color: var(--_text);
    }
    .unread time {
      color: var(--_accent);
    }
    .count {
      background: var(--_accent);
      border-radius: 99rem;
      color: var(--_on-accent);
      font-size: var(--_size-tiny);
      font-variant-numeric: tabular-nums;
      font-weight: 650;
      justify-self: end;
      line-height: 1.25rem;
      min-inline-size: 1.25rem;
      padding-inline: 0.375rem;
      text-align: center;
    }
    .empty {
      display: grid;
      gap: var(--_space-1);
      margin: auto;
      padding: var(--_space-6);
      text-align: center;
    }
    @media (forced-colors: active) {
      .count {
        border: 1px solid CanvasText;
      }
    }
  `,
];
