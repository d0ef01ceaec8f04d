import { css, type CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';

export const composerStyles: CSSResultGroup = [
  base,
  controls,
  css`
    :host {
      background: var(--_surface);
      border-block-start: 1px solid var(--_line);
      display: block;
      padding: var(--_space-2) var(--_space-3);
      padding-block-end: max(var(--_space-2), env(safe-area-inset-bottom));
    }
    form {
      align-items: end;
      display: flex;
      gap: var(--_space-2);
    }
    /* The copy of the text behind the field gives it its height, without any measuring. */
    .grow {
      display: grid;
      flex: 1;
      min-inline-size: 0;
    }
    .grow::after {
      content: attr(data-text) ' ';
      visibility: hidden;
      white-space: pre-wrap;
    }
    .grow::after,
    textarea.field {
      border: 1px solid var(--_line);
      border-radius: calc(var(--_radius) * 1.35);
      font: inherit;
      grid-area: 1 / 1;
      line-height: 1.4;
      max-block-size: 9.5rem;
      min-block-size: 2.625rem;
      min-inline-size: 0;
      overflow-wrap: anywhere;
      padding: 0.59rem var(--_space-4);
    }
    .grow::after {
      overflow: hidden;
    }
    textarea.field {
      background: var(--_sunken);
      border-color: color-mix(in oklab, var(--_muted) 45%, var(--_surface));
      display: block;
      overflow-y: auto;
      resize: none;
      scrollbar-width: thin;
    }
    textarea.field:focus-visible {
      border-color: var(--_accent);
    }
    textarea.field[aria-invalid='true'] {
      border-color: var(--_danger);
    }
    textarea.field:disabled {
      opacity: 0.7;
    }
    .send {
      block-size: 2.625rem;
      border-radius: 50%;
      flex: none;
      inline-size: 2.625rem;
      min-block-size: 0;
      padding: 0;
    }
    .send:disabled {
      background: var(--_line);
      color: var(--_muted);
      opacity: 1;
    }
    .about {
      align-items: center;
      border-inline-start: 3px solid var(--_accent);
      display: flex;
      gap: var(--_space-2);
      justify-content: space-between;
      margin-block-end: var(--_space-2);
      padding-inline-start: var(--_space-3);
    }
    .about p {
      display: grid;
      min-inline-size: 0;
    }
    .about span {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .error {
      padding-inline: var(--_space-4);
    }
    .error:not(:empty) {
      padding-block: var(--_space-2) var(--_space-1);
    }
  `,
];
