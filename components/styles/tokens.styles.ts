/**
 * The design tokens, set once on every public element and inherited by the parts inside it.
 *
 * `--coming-*` is what a page may set, anywhere above the element; `--_*` is what the kit reads.
 * Light and dark come from `color-scheme`: the visitor's preference, or the `theme` attribute.
 *
 * @module
 */
import { css, type CSSResult } from 'lit';

export const tokens: CSSResult = css`
  :host {
    color-scheme: light dark;

    --_accent: var(--coming-color-accent, light-dark(#4b3fd1, #aaa1ff));
    --_on-accent: var(--coming-color-on-accent, light-dark(#ffffff, #17132e));
    --_surface: var(--coming-color-surface, light-dark(#ffffff, #18191e));
    --_sunken: var(--coming-color-sunken, light-dark(#f5f5f9, #111216));
    --_text: var(--coming-color-text, light-dark(#17181f, #eceef3));
    --_muted: var(--coming-color-muted, light-dark(#5b5f6e, #a4a9b8));
    --_line: var(--coming-color-line, light-dark(#e4e5ec, #2b2d36));
    --_danger: var(--coming-color-danger, light-dark(#b3261e, #ff9c94));
    --_positive: var(--coming-color-positive, light-dark(#15803d, #4ade80));
    --_caution: var(--coming-color-caution, light-dark(#9a5b00, #f5b95a));

    --_field-line: color-mix(in oklab, var(--_muted) 72%, var(--_surface));
    --_hover: color-mix(in oklab, var(--_text) 6%, transparent);
    --_pressed: color-mix(in oklab, var(--_text) 11%, transparent);
    --_bubble-mine: var(
      --coming-color-bubble-mine,
      light-dark(
        color-mix(in oklab, var(--_accent) 16%, var(--_surface)),
        color-mix(in oklab, var(--_accent) 24%, var(--_surface))
      )
    );
    --_bubble-theirs: var(--coming-color-bubble-theirs, light-dark(#ffffff, #23252d));
    --_shadow: 0 1px 2px light-dark(rgb(23 24 31 / 9%), rgb(0 0 0 / 35%));
    --_shadow-raised:
      0 2px 6px light-dark(rgb(23 24 31 / 10%), rgb(0 0 0 / 45%)),
      0 12px 32px light-dark(rgb(23 24 31 / 14%), rgb(0 0 0 / 55%));

    --_radius: var(--coming-radius, 1rem);
    --_radius-control: calc(var(--_radius) * 0.7);
    --_space-1: calc(var(--coming-space, 0.25rem) * 1);
    --_space-2: calc(var(--coming-space, 0.25rem) * 2);
    --_space-3: calc(var(--coming-space, 0.25rem) * 3);
    --_space-4: calc(var(--coming-space, 0.25rem) * 4);
    --_space-6: calc(var(--coming-space, 0.25rem) * 6);
    --_space-8: calc(var(--coming-space, 0.25rem) * 8);

    --_font: var(
      --coming-font,
      system-ui,
      -apple-system,
      'Segoe UI',
      Roboto,
      'Helvetica Neue',
      'Noto Sans',
      Arial,
      sans-serif
    );
    --_mono: var(--coming-font-mono, ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace);
    --_size: var(--coming-font-size, 0.9375rem);
    --_size-small: calc(var(--_size) * 0.867);
    --_size-tiny: calc(var(--_size) * 0.767);
    --_size-large: calc(var(--_size) * 1.2);

    background: var(--_surface);
    color: var(--_text);
    font: 400 var(--_size) / 1.45 var(--_font);
    letter-spacing: normal;
    text-align: start;
    -webkit-text-size-adjust: 100%;
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([theme='dark']) {
    color-scheme: dark;
  }
`;
