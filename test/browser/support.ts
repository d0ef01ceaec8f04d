/**
 * What the element tests share: putting elements on the page, and the accessibility check.
 *
 * @module
 */
import axe from 'axe-core';
import { html, render, type TemplateResult } from 'lit';
import { afterEach, expect } from 'vitest';
import type { Locator } from 'vitest/browser';

const stages: HTMLElement[] = [];

afterEach(() => {
  for (const stage of stages.splice(0)) stage.remove();
});

/** Puts a template on the page until the end of the test; returns its first element. */
export function mount<T extends HTMLElement>(template: TemplateResult): T {
  const stage = document.createElement('main');
  document.body.append(stage);
  stages.push(stage);
  render(template, stage);
  return stage.firstElementChild as T;
}

/** Expects no violation of axe's rules, shadow roots included, in light and in dark. */
export async function expectAccessible(element: HTMLElement): Promise<void> {
  for (const theme of ['light', 'dark']) {
    element.setAttribute('theme', theme);
    const { violations } = await axe.run(element, { resultTypes: ['violations'] });
    const found = violations.map(
      ({ id, nodes }) => `${theme}: ${id} ${nodes.map(({ html: markup }) => markup).join(' ')}`,
    );
    expect(found).toEqual([]);
  }
  element.removeAttribute('theme');
}

/** The deepest element with the focus, inside of all shadow roots. */
export function focused(): Element | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active;
}

/** Waits until what the locator finds has the focus. */
export async function expectFocus(locator: Locator): Promise<void> {
  await expect.poll(() => focused() === locator.query()).toBe(true);
}

export { html };
