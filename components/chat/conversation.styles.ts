import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { notices } from '../styles/notice.styles.js';

export const conversationStyles: CSSResultGroup = [
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
      border-block-end: 1px solid var(--_line);
      display: flex;
      gap: var(--_space-3);
      min-block-size: 4rem;
      padding: var(--_space-2) var(--_space-3) var(--_space-2) var(--_space-4);
      padding-inline: var(--_space-4) var(--_space-3);
    }
    .back {
      margin-inline: calc(-1 * var(--_space-2));
    }
    .who {
      flex: 1;
      min-inline-size: 0;
    }
    h2 {
      font-size: calc(var(--_size) * 1.067);
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .who p {
      line-height: 1.3;
    }
    .mono {
      font-family: var(--_mono);
      font-size: 0.94em;
    }
    coming-chat-thread {
      flex: 1;
    }
    .trouble {
      background: var(--_sunken);
      display: flex;
      flex: 1;
      min-block-size: 0;
      overflow-y: auto;
    }
    .hint {
      margin-block-start: var(--_space-1);
    }
    .actions {
      display: flex;
      flex-wrap: wrap;
      gap: var(--_space-2);
      justify-content: end;
      margin-block-start: var(--_space-4);
    }
  `,
];
