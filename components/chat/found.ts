/**
 * How the people and messages look that were found.
 *
 * @module
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { ComingClient, ConversationSummary, SearchHit } from '../../core/client.js';
import { holdsAll } from '../../core/folding.js';
import { shortId } from '../internal/coming-ids.js';
import { shortTime } from '../internal/dates.js';
import { nameOf, type Name } from '../internal/names.js';
import { portrait } from '../internal/portrait.js';
import type { FindWords } from '../locales/en-find.js';
import { withMarks } from './marks.js';

/** One thing that was found. */
export type Found = { readonly key: string; readonly peer: string } & (
  | { readonly kind: 'person'; readonly known: ConversationSummary }
  /** Nobody one knows, but a Coming ID. */
  | { readonly kind: 'stranger' }
  | { readonly kind: 'message'; readonly hit: SearchHit; readonly known: ConversationSummary | undefined }
);

export interface FoundContext {
  readonly client: ComingClient | undefined;
  readonly words: FindWords;
  readonly locale: string | undefined;
  /** What was looked for, folded. */
  readonly looked: readonly string[];
  /** Whose messages alone these are; undefined: everybody's. */
  readonly within: string | undefined;
}

/** Stands where a text is put into a sentence, to find that place again. */
const PLACE = '￼';

export function foundRow(found: Found, context: FoundContext): TemplateResult {
  switch (found.kind) {
    case 'person':
      return personRow(found.known, context);
    case 'stranger':
      return html`${portrait(context.client, found.peer, undefined)}
        <span class="who"
          ><b class="name">${context.words.startWith(shortId(found.peer))}</b>
          <bdi class="mono small muted wraps">${found.peer}</bdi></span
        >`;
    case 'message':
      return messageRow(found.hit, found.known, context);
  }
}

function personRow(known: ConversationSummary, context: FoundContext): TemplateResult {
  const { words, looked } = context;
  const name = nameOf(known.peer, known, '', words);
  return html`${picture(known, context)}
    <span class="who"
      ><b class="name">${markedName(name, context)}</b>${
        holdsAll(name.text, looked) ? nothing : below(known, context)
      }</span
    >`;
}

/** What else they are called, where that is what was found. */
function below({ peer, profile }: ConversationSummary, { looked, words }: FoundContext): TemplateResult {
  return profile?.name && holdsAll(profile.name, looked)
    ? html`<span class="preview small muted"
        ><bdi class="claimed">${withMarks(`~${profile.name}`, looked)}</bdi
        ><span class="vh"> (${words.ownWord})</span></span
      >`
    : html`<bdi class="mono small muted wraps">${withMarks(peer, looked)}</bdi>`;
}

function messageRow(
  hit: SearchHit,
  known: ConversationSummary | undefined,
  context: FoundContext,
): TemplateResult {
  const { words, locale, looked, within } = context;
  const { peer, mine, sentAt, snippet } = hit;
  const isAnybody = within === undefined;
  const who = html`<bdi>${mine ? words.you : within}</bdi>`;
  const [before = '', after = ''] = mine && isAnybody ? words.youSaid(PLACE).split(PLACE) : [];
  return html`${isAnybody ? picture(known ?? { peer }, context) : nothing}
    <span class="who"
      ><b class="name"
        >${isAnybody ? markedName(nameOf(peer, known, '', words), { ...context, looked: [] }) : who}</b
      >
      <time class="small muted" datetime=${new Date(sentAt).toISOString()}
        >${shortTime(locale, sentAt, Date.now())}</time
      >
      <span class="snippet small muted" dir="auto">${before}${withMarks(snippet, looked)}${after}</span></span
    >`;
}

function picture(
  { peer, request, profile }: Pick<ConversationSummary, 'peer' | 'request' | 'profile'>,
  { client }: FoundContext,
): TemplateResult {
  return portrait(client, peer, request ? undefined : profile?.picture);
}

function markedName({ text, from }: Name, { words, looked }: FoundContext): TemplateResult {
  const marked = withMarks(text, looked);
  if (from === 'themselves') {
    return html`<bdi class="claimed">${marked}</bdi><span class="vh"> (${words.ownWord})</span>`;
  }
  return html`<bdi class=${from === 'id' ? 'mono' : nothing}>${marked}</bdi>`;
}
