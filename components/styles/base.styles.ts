/**
 * What every shadow root starts from: box model, hidden text, icons, focus, headings.
 *
 * @module
 */
import { css, type CSSResult } from 'lit';

export const base: CSSResult = css`
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  h2,
  p,
  ol,
  ul,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  ol,
  ul {
    /* Not none: Safari would no longer call it a list. */
    list-style-type: '';
  }
  h2 {
    font: inherit;
    font-size: var(--_size-large);
    font-weight: 650;
    letter-spacing: -0.012em;
    line-height: 1.3;
    text-wrap: balance;
  }
  p {
    text-wrap: pretty;
  }
  .muted {
    color: var(--_muted);
  }
  .small {
    font-size: var(--_size-small);
  }
  .vh {
    block-size: 1px;
    clip-path: inset(50%);
    inline-size: 1px;
    overflow: hidden;
    position: absolute;
    white-space: nowrap;
  }
  .icon {
    block-size: 1.25rem;
    flex: none;
    inline-size: 1.25rem;
  }
  .flips:dir(rtl) {
    transform: scaleX(-1);
  }
  .identicon {
    block-size: var(--_identicon, 2.5rem);
    border-radius: 50%;
    display: block;
    flex: none;
    inline-size: var(--_identicon, 2.5rem);
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
`;
