/**
 * Buttons and text fields.
 *
 * @module
 */
import { css, type CSSResult } from 'lit';

export const controls: CSSResult = css`
  button {
    -webkit-tap-highlight-color: transparent;
    align-items: center;
    appearance: none;
    background: none;
    border: 1px solid transparent;
    border-radius: var(--_radius-control);
    color: inherit;
    cursor: pointer;
    display: inline-flex;
    font: inherit;
    gap: var(--_space-2);
    justify-content: center;
    letter-spacing: inherit;
    margin: 0;
    min-block-size: 2.5rem;
    padding: var(--_space-1) var(--_space-4);
    text-align: center;
    touch-action: manipulation;
    transition:
      background-color 120ms ease,
      border-color 120ms ease,
      transform 120ms ease;
  }
  button:disabled,
  button[aria-disabled='true'] {
    cursor: default;
    opacity: 0.55;
  }
  button:active:not(:disabled) {
    transform: scale(0.985);
  }
  .primary {
    background: var(--_accent);
    color: var(--_on-accent);
    font-weight: 600;
  }
  .primary:hover:not(:disabled) {
    background: color-mix(in oklab, var(--_accent) 88%, var(--_text));
  }
  .secondary {
    border-color: var(--_line);
    font-weight: 550;
  }
  .secondary:hover:not(:disabled),
  .quiet:hover:not(:disabled),
  .round:hover:not(:disabled) {
    background: var(--_hover);
  }
  .secondary:active:not(:disabled),
  .quiet:active:not(:disabled),
  .round:active:not(:disabled) {
    background: var(--_pressed);
  }
  .danger {
    background: var(--_danger);
    color: var(--_surface);
    font-weight: 600;
  }
  .danger:hover:not(:disabled) {
    background: color-mix(in oklab, var(--_danger) 88%, var(--_text));
  }
  .quiet {
    color: var(--_accent);
    font-weight: 550;
    padding-inline: var(--_space-3);
  }
  .quiet.warn {
    color: var(--_danger);
  }
  .round {
    block-size: 2.5rem;
    border-radius: 50%;
    color: var(--_muted);
    flex: none;
    inline-size: 2.5rem;
    padding: 0;
  }
  .round:hover:not(:disabled) {
    color: var(--_text);
  }

  .field {
    appearance: none;
    background: var(--_surface);
    border: 1px solid var(--_field-line);
    border-radius: var(--_radius-control);
    color: inherit;
    font: inherit;
    inline-size: 100%;
    letter-spacing: inherit;
    margin: 0;
    min-block-size: 2.75rem;
    min-inline-size: 0;
    padding: var(--_space-2) var(--_space-3);
  }
  .field::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  .field:focus-visible {
    border-color: var(--_accent);
    outline: 1px solid var(--_accent);
    outline-offset: 0;
  }
  .field[aria-invalid='true'] {
    border-color: var(--_danger);
  }
  .label {
    display: block;
    font-size: var(--_size-small);
    font-weight: 600;
    margin-block-end: var(--_space-1);
  }
  .error {
    color: var(--_danger);
    font-size: var(--_size-small);
  }

  @media (prefers-reduced-motion: reduce) {
    button {
      transition: none;
    }
    button:active:not(:disabled) {
      transform: none;
    }
  }
  @media (forced-colors: active) {
    button {
      border-color: ButtonText;
    }
    button:disabled,
    button[aria-disabled='true'] {
      border-color: GrayText;
      color: GrayText;
      opacity: 1;
    }
  }
`;
