/**
 * What a person is called here, and by whose word: the one place that decides it.
 *
 * First what the visitor calls them, then the page, then what they call themselves, which nobody checked and which must
 * look like it; else the beginning and the end of their Coming ID.
 *
 * @module
 */
import { html, type TemplateResult } from 'lit';
import type { Profile } from '../../core/client.js';
import type { Strings } from '../locales/en.js';
import { shortId } from './coming-ids.js';

export interface Name {
  /** For labels and sentences; a name that somebody gave to themselves begins with a tilde. */
  readonly text: string;
  readonly from: 'self' | 'visitor' | 'page' | 'themselves' | 'id';
}

interface Known {
  readonly petname: string;
  readonly profile?: Profile | undefined;
  readonly isSelf?: boolean;
}

export function nameOf(peer: string, known: Known | undefined, label: string, words: Strings): Name {
  if (known?.isSelf) return { text: words.noteToSelf, from: 'self' };
  if (known?.petname) return { text: known.petname, from: 'visitor' };
  if (label) return { text: label, from: 'page' };
  if (known?.profile?.name) return { text: `~${known.profile.name}`, from: 'themselves' };
  return { text: shortId(peer), from: 'id' };
}

/** The name as it is shown where it stands for the person. */
export function shownName({ text, from }: Name, words: Strings): TemplateResult {
  if (from === 'themselves') {
    return html`<bdi class="claimed">${text}</bdi><span class="vh"> (${words.ownWord})</span>`;
  }
  return html`<bdi class=${from === 'id' ? 'mono' : ''}>${text}</bdi>`;
}
