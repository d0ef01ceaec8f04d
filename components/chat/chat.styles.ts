import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { notices } from '../styles/notice.styles.js';
import { tokens } from '../styles/tokens.styles.js';

export const chatStyles: CSSResultGroup = [
  tokens,
  base,
  notices,
  css`
    :host {
      block-size: 38rem;
      border-radius: var(--_radius);
      display: block;
      max-block-size: 100dvb;
      min-inline-size: 0;
    }
    .panel {
      block-size: 100%;
      border: 1px solid var(--_line);
      border-radius: inherit;
      display: flex;
      flex-direction: column;
      overflow: clip;
    }
    coming-chat-conversation,
    coming-chat-list {
      flex: 1;
    }
    .scroll {
      display: flex;
      flex: 1;
      flex-direction: column;
      min-block-size: 0;
      overflow-y: auto;
    }
    coming-welcome {
      inline-size: 100%;
      margin-block: auto;
    }
    .starting {
      align-items: center;
      border-block-end: 1px solid var(--_line);
      display: flex;
      gap: var(--_space-3);
      min-block-size: 4rem;
      padding-inline: var(--_space-4);
    }
    .picture {
      block-size: 2.5rem;
      border-radius: 50%;
      inline-size: 2.5rem;
    }
    .line {
      block-size: 0.75rem;
      inline-size: 8rem;
    }
  `,
];
