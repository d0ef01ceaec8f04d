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
      position: relative;
    }
    /* All of the header opens the person, except for the way back. */
    .about {
      border-radius: var(--_radius-control);
      display: inline;
      font: inherit;
      min-block-size: 0;
      padding: 0;
      text-align: start;
    }
    .about::after {
      content: '';
      inset: 0;
      position: absolute;
    }
    .about:active:not(:disabled) {
      transform: none;
    }
    .about:disabled {
      opacity: 1;
    }
    .about:hover:not(:disabled) {
      text-decoration: underline;
      text-underline-offset: 0.2em;
    }
    .back,
    .settings {
      z-index: 1;
    }
    .settings {
      margin-inline-end: calc(-1 * var(--_space-1));
    }
    .claimed {
      font-style: italic;
      font-weight: 450;
    }
    .typing {
      color: var(--_accent);
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
  `,
];
