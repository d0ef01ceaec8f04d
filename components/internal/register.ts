/**
 * Puts an element into the page's registry, once.
 *
 * The first definition wins: a second copy of the kit on one page must neither throw nor take over.
 *
 * @module
 */
import { VERSION } from './version.js';

const warned = new Set<string>();

/** Defines `tag`. The same version again is silent; another version warns once per tag. */
export function register(tag: string, element: CustomElementConstructor): void {
  const existing = customElements.get(tag);
  if (!existing) {
    customElements.define(tag, element);
    return;
  }
  const version = (existing as { version?: unknown }).version;
  if (version === VERSION || warned.has(tag)) return;
  warned.add(tag);
  // eslint-disable-next-line no-console -- only the page's author can do something about it
  console.warn(
    `<${tag}> is defined already, by version ${String(version)}; version ${VERSION} was not used.`,
  );
}
