/**
 * Queries inside of shadow roots, for the stories' play functions.
 *
 * @module
 */
import { waitFor, within } from 'storybook/test';

/** Waits for the element that each selector finds inside of the one before, and queries within the last. */
export async function inside(canvas: HTMLElement, ...selectors: readonly string[]) {
  const element = await waitFor(() => {
    let found: HTMLElement = canvas;
    for (const selector of selectors) {
      const next = (found.shadowRoot ?? found).querySelector<HTMLElement>(selector);
      if (!next) throw new Error(`${selector} is not there yet`);
      found = next;
    }
    return found;
  });
  return within(element);
}
