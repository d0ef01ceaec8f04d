/**
 * What all views of a person are given, and how each but the first begins.
 *
 * @module
 */
import { html, type TemplateResult } from 'lit';
import type { ComingClient, ContactSnapshot } from '../../core/client.js';
import { arrowBack } from '../internal/icons.js';
import type { Name } from '../internal/names.js';
import type { ScannedEvent } from '../internal/scanner.js';
import type { StringOverrides } from '../locales/en.js';
import type { ContactWords } from '../locales/en-contact.js';

export type View = 'overview' | 'rename' | 'compare' | 'differs' | 'scan' | 'accept';

/** A person as they are shown, and what the visitor can do about them. */
export interface Person {
  /** Who sees them. */
  readonly client: ComingClient | undefined;
  readonly contact: ContactSnapshot;
  /** What they are called, and by whose word. */
  readonly known: Name;
  /** The same in sentences. */
  readonly name: string;
  readonly words: ContactWords;
  readonly strings: StringOverrides | undefined;
  readonly locale: string | undefined;
  /** Something is being done; nothing else can be. */
  readonly busy: boolean;
  /** Says why the last thing failed. */
  readonly failure: TemplateResult;
  readonly go: (view: View) => void;
  readonly refresh: () => Promise<unknown>;
  readonly same: (event: MouseEvent) => Promise<void>;
  readonly scanned: (event: ScannedEvent) => Promise<void>;
  readonly forget: (event: MouseEvent) => Promise<void>;
  readonly block: (event: MouseEvent) => Promise<void>;
  readonly unblock: (event: MouseEvent) => Promise<void>;
  readonly askDomain: (event: SubmitEvent) => Promise<void>;
  readonly setNote: (event: SubmitEvent) => Promise<void>;
}

/** The way back and what this view is called; it takes the focus unless something below it does. */
export function heading({ words, go }: Person, text: string, isFirst = false): TemplateResult {
  return html`<div class="heading">
    <button
      class="round"
      type="button"
      aria-label=${words.contactBack}
      title=${words.contactBack}
      @click=${() => go('overview')}
    >
      ${arrowBack}
    </button>
    <h2 tabindex="-1" ?data-first=${isFirst}><bdi>${text}</bdi></h2>
  </div>`;
}
