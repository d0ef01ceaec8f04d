import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { notices } from '../styles/notice.styles.js';
import { row } from './row.styles.js';

export const conversationListStyles: CSSResultGroup = [
  base,
  controls,
  notices,
  row,
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
    .small.mono {
      font-size: calc(var(--_size-small) * 0.97);
    }
    [role='status'] .banner:last-child {
      margin-block-end: var(--_space-3);
    }
    .banner {
      border-block-start: 1px solid var(--_line);
    }
    coming-chat-inbox {
      flex: 1;
      min-block-size: 0;
      overflow-y: auto;
    }
    /* As much room as it takes when it is there. */
    coming-chat-inbox:not(:defined) {
      display: block;
      padding-block-start: 3.25rem;
    }
    ul {
      padding: 0 var(--_space-2) var(--_space-2);
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
    @media (forced-colors: active) {
      .count {
        border: 1px solid CanvasText;
      }
    }
  `,
];
