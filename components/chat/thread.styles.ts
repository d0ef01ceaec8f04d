import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { notices } from '../styles/notice.styles.js';

export const threadStyles: CSSResultGroup = [
  base,
  controls,
  notices,
  css`
    :host {
      background: var(--_sunken);
      display: block;
      min-block-size: 0;
      position: relative;
    }
    .scroller {
      block-size: 100%;
      display: flex;
      flex-direction: column;
      /* Earlier messages are held in place by hand, alike in every browser. */
      overflow-anchor: none;
      overflow-y: auto;
      overscroll-behavior: contain;
      padding: var(--_space-4);
      scrollbar-color: var(--_field-line) transparent;
      scrollbar-width: thin;
    }
    .scroller:focus-visible {
      outline-offset: -3px;
    }
    ol {
      display: flex;
      flex-direction: column;
      gap: 2px;
      margin-block-start: auto;
    }
    .earlier {
      align-self: center;
      background: var(--_surface);
      border-radius: 99rem;
      color: var(--_muted);
      flex: none;
      font-size: var(--_size-small);
      margin-block-end: var(--_space-3);
      min-block-size: 2.25rem;
    }
    .later {
      margin-block: var(--_space-3) 0;
    }

    .day {
      align-self: center;
      color: var(--_muted);
      font-size: var(--_size-tiny);
      font-weight: 600;
      letter-spacing: 0.01em;
      margin-block: var(--_space-4) var(--_space-2);
    }
    .day:first-child {
      margin-block-start: 0;
    }

    .message {
      --_tail: calc(var(--_radius) * 0.3);
      --_round: calc(var(--_radius) * 1.1);
      align-self: start;
      background: var(--_bubble-theirs);
      border-end-start-radius: var(--_tail);
      border-end-end-radius: var(--_round);
      border-start-end-radius: var(--_round);
      border-start-start-radius: var(--_tail);
      box-shadow: var(--_shadow);
      display: flow-root;
      max-inline-size: min(82%, 34rem);
      min-inline-size: 0;
      overflow-wrap: anywhere;
      padding: 0.4375rem var(--_space-3);
      position: relative;
    }
    .first {
      border-start-start-radius: var(--_round);
    }
    .first:not(.day + *) {
      margin-block-start: var(--_space-2);
    }
    .mine {
      align-self: end;
      background: var(--_bubble-mine);
      border-end-end-radius: var(--_tail);
      border-end-start-radius: var(--_round);
      border-start-end-radius: var(--_tail);
      border-start-start-radius: var(--_round);
    }
    .mine.first {
      border-start-end-radius: var(--_round);
    }
    .text {
      white-space: pre-wrap;
    }
    coming-payment:not(:defined) {
      block-size: 6.6rem;
      display: block;
      inline-size: 15rem;
      max-inline-size: 100%;
    }
    .gone,
    .said.muted {
      color: color-mix(in oklab, var(--_muted) 65%, var(--_text));
      font-style: italic;
    }
    .quote {
      align-items: start;
      background: color-mix(in oklab, var(--_text) 6%, transparent);
      border: 0;
      border-inline-start: 3px solid var(--_accent);
      border-radius: 0.375rem;
      display: flex;
      flex-direction: column;
      font-size: var(--_size-small);
      gap: 0;
      inline-size: 100%;
      margin-block-end: var(--_space-1);
      min-block-size: 0;
      padding: var(--_space-1) var(--_space-2);
      text-align: start;
    }
    .said {
      -webkit-box-orient: vertical;
      -webkit-line-clamp: 2;
      display: -webkit-box;
      max-inline-size: 100%;
      overflow: hidden;
    }
    .reactions {
      clear: both;
      display: flex;
      flex-wrap: wrap;
      gap: var(--_space-1);
      padding-block-start: var(--_space-1);
    }
    .reaction {
      background: var(--_surface);
      border-color: var(--_line);
      border-radius: 99rem;
      min-block-size: 1.75rem;
      min-inline-size: 2.25rem;
      padding: 0 var(--_space-2);
    }
    .reaction.own {
      border-color: var(--_accent);
    }
    .notice {
      max-inline-size: 85%;
      text-align: center;
    }
    .more {
      background: var(--_surface);
      block-size: 1.75rem;
      border: 1px solid var(--_line);
      border-radius: 50%;
      inline-size: 1.75rem;
      inset-block-start: -0.5rem;
      inset-inline-end: -0.5rem;
      min-block-size: 0;
      opacity: 0;
      padding: 0;
      position: absolute;
    }
    .mine .more {
      inset-inline: -0.5rem auto;
    }
    .more::before {
      content: '⋯';
    }
    .message:hover .more,
    .message:focus-within .more {
      opacity: 1;
    }
    @media (hover: none) {
      .more {
        opacity: 0.75;
      }
    }
    .text a {
      unicode-bidi: isolate;
      color: var(--_accent);
      text-decoration-thickness: 1px;
      text-underline-offset: 0.15em;
    }
    .text a:hover {
      text-decoration-thickness: 2px;
    }
    time {
      align-items: center;
      color: var(--_muted);
      display: inline-flex;
      float: inline-end;
      font-size: var(--_size-tiny);
      font-variant-numeric: tabular-nums;
      gap: 0.2rem;
      line-height: 1;
      margin-block-start: 0.55em;
      margin-inline-start: var(--_space-3);
      white-space: nowrap;
    }
    .mine time {
      color: color-mix(in oklab, var(--_muted) 78%, var(--_text));
    }
    .tick {
      block-size: 0.8125rem;
      fill: none;
      inline-size: 1rem;
      stroke: currentColor;
      stroke-linecap: round;
      stroke-linejoin: round;
      stroke-width: 1.5;
    }
    .read .tick {
      color: var(--_accent);
      stroke-width: 1.8;
    }
    .failed {
      outline: 1px solid var(--_danger);
      outline-offset: -1px;
    }
    .failed .tick {
      color: var(--_danger);
      stroke-width: 2;
    }
    .failure {
      align-items: center;
      border-block-start: 1px solid color-mix(in oklab, var(--_danger) 30%, transparent);
      clear: both;
      color: var(--_danger);
      display: flex;
      flex-wrap: wrap;
      font-size: var(--_size-small);
      gap: 0 var(--_space-2);
      justify-content: space-between;
      padding-block-start: var(--_space-2);
      inset-block-start: var(--_space-1);
      position: relative;
    }
    .failure .quiet {
      margin-inline-start: auto;
      margin-inline-end: calc(-1 * var(--_space-2));
      min-block-size: 2.25rem;
      text-decoration: underline;
      text-underline-offset: 0.15em;
    }

    .empty {
      display: grid;
      gap: var(--_space-1);
      margin: auto;
      padding: var(--_space-6);
      text-align: center;
    }
    .bones {
      display: grid;
      gap: var(--_space-2);
      margin-block-start: auto;
    }
    .bone {
      block-size: 2.375rem;
      border-radius: var(--_radius);
      inline-size: 38%;
    }
    .bone.long {
      inline-size: 62%;
    }
    .bone.mine {
      justify-self: end;
    }

    .pill {
      background: var(--_surface);
      block-size: 2.5rem;
      border: 1px solid var(--_line);
      border-radius: 99rem;
      box-shadow: var(--_shadow-raised);
      font-size: var(--_size-small);
      font-weight: 600;
      inset-block-end: var(--_space-3);
      inset-inline-end: var(--_space-4);
      padding-inline: calc((2.5rem - 1.25rem - 2px) / 2);
      position: absolute;
    }
    .pill.counted {
      background: var(--_accent);
      border-color: transparent;
      color: var(--_on-accent);
      padding-inline: var(--_space-3) var(--_space-4);
    }
    .problem:not(:empty) {
      background: var(--_surface);
      inset-block-end: 0;
      inset-inline: 0;
      padding: var(--_space-2) var(--_space-4);
      position: absolute;
    }

    @media (forced-colors: active) {
      .message {
        border: 1px solid CanvasText;
      }
      .mine {
        border-color: Highlight;
      }
    }
  `,
];
