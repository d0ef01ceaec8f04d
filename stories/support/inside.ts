/**
 * Queries inside of shadow roots, for the stories' play functions.
 *
 * @module
 */
import { waitFor, within } from 'storybook/test';

/** Waits for the element that each selector finds inside of the one before. */
export async function elementInside(
  canvas: HTMLElement,
  ...selectors: readonly string[]
): Promise<HTMLElement> {
  return waitFor(() => {
    let found: HTMLElement = canvas;
    for (const selector of selectors) {
      const next = (found.shadowRoot ?? found).querySelector<HTMLElement>(selector);
      if (!next) throw new Error(`${selector} is not there yet`);
      found = next;
    }
    return found;
  });
}

/** Waits for that element, and queries within it. */
export async function inside(canvas: HTMLElement, ...selectors: readonly string[]) {
  return within(await elementInside(canvas, ...selectors));
}
