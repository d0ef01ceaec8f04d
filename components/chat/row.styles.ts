/**
 * A person in a list: their name, and below it a line of what was said.
 *
 * @module
 */
import { css, type CSSResult } from 'lit';

export const row: CSSResult = css`
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
  .mono {
    font-family: var(--_mono);
    font-size: 0.94em;
  }
`;
