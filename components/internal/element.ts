/**
 * What all elements of the kit share: their texts, their version, and the language they format for.
 *
 * @module
 */
import { LitElement } from 'lit';
import { property } from 'lit/decorators.js';
import { withOverrides, type StringOverrides, type Strings } from '../locales/en.js';
import { VERSION } from './version.js';

/** Base of all elements. */
export abstract class ComingElement extends LitElement {
  /** Lets two copies of the kit on one page recognise each other. */
  static readonly version: string = VERSION;

  /** Texts that replace the built-in ones, one by one. */
  @property({ attribute: false }) strings: StringOverrides | undefined;

  #merged: { from: StringOverrides | undefined; words: Strings } | undefined;

  /** The texts to show, replacements included. */
  protected get words(): Strings {
    if (this.#merged?.from !== this.strings || !this.#merged) {
      this.#merged = { from: this.strings, words: withOverrides(this.strings) };
    }
    return this.#merged.words;
  }

  /** The nearest `lang`, also outside of the shadow root; the browser's own when there is none. */
  protected get locale(): string | undefined {
    return nearestLang(this);
  }
}

function nearestLang(element: Element): string | undefined {
  const lang = element.closest('[lang]')?.getAttribute('lang');
  if (lang) return lang;
  const root = element.getRootNode();
  return 'host' in root ? nearestLang((root as ShadowRoot).host) : undefined;
}
