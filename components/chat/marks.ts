/**
 * Marks in a text what was looked for, by the rule by which it was found.
 *
 * @module
 */
import { html, type TemplateResult } from 'lit';
import { folded } from '../../core/folding.js';

/** Part of a text, and whether it is one of the words. */
export interface Part {
  readonly text: string;
  readonly isFound: boolean;
}

/** Cuts a text where folded words begin and end; together the parts are the text. */
export function partsOf(text: string, words: readonly string[]): Part[] {
  const characters = [...text];
  // One character can become none or several: each of those knows which it was.
  const places: number[] = [];
  let all = '';
  for (const [at, character] of characters.entries()) {
    const plain = folded(character);
    all += plain;
    for (let n = 0; n < plain.length; n += 1) places.push(at);
  }
  const marked = new Set<number>();
  for (const word of words) {
    for (let at = word ? all.indexOf(word) : -1; at >= 0; at = all.indexOf(word, at + 1)) {
      for (let n = at; n < at + word.length; n += 1) marked.add(places[n]!);
    }
  }
  const parts: { text: string; isFound: boolean }[] = [];
  for (const [at, character] of characters.entries()) {
    // What became nothing, like an accent that stands alone, goes with what it follows.
    const last = parts.at(-1);
    const isFound = folded(character) === '' ? (last?.isFound ?? false) : marked.has(at);
    if (last?.isFound === isFound) last.text += character;
    else parts.push({ text: character, isFound });
  }
  return parts;
}

export function withMarks(text: string, words: readonly string[]): (string | TemplateResult)[] {
  return partsOf(text, words).map((part) => (part.isFound ? html`<mark>${part.text}</mark>` : part.text));
}
