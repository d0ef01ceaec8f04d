/**
 * Finds the web addresses in a message, so that they can be shown as links without any HTML.
 *
 * Only `http` and `https` become links; everything else stays text.
 *
 * @module
 */

/** A stretch of plain text, or a link with the text it is shown as. */
export type Segment = string | { readonly href: string; readonly text: string };

// Stops at white space, quotes, angle brackets and the invisible characters that turn text around.
const CANDIDATE = /\bhttps?:\/\/[^\s<>"'`\u200e\u200f\u202a-\u202e\u2066-\u2069]+/giu;
const TRAILING = /[.,;:!?…»”’*_~]+$/u;
const PAIRS = [
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
] as const;

/** Splits a text into plain stretches and links, in order; joined again they are the text. */
export function segments(text: string): Segment[] {
  const found: Segment[] = [];
  let end = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const link = trimmed(match[0]);
    const href = hrefOf(link);
    if (!href) continue;
    if (match.index > end) found.push(text.slice(end, match.index));
    found.push({ href, text: link });
    end = match.index + link.length;
  }
  if (end < text.length) found.push(text.slice(end));
  return found;
}

/** Without the punctuation of the sentence around it; a closing bracket stays if the address opened it. */
function trimmed(candidate: string): string {
  let link = candidate;
  for (;;) {
    let next = link.replace(TRAILING, '');
    for (const [open, close] of PAIRS) {
      if (next.endsWith(close) && count(next, close) > count(next, open)) next = next.slice(0, -1);
    }
    if (next === link) return link;
    link = next;
  }
}

const count = (text: string, character: string): number => text.split(character).length - 1;

function hrefOf(link: string): string | undefined {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  // A name before the host (https://bank.example@evil.example) serves nobody but impostors.
  return url && url.host && !url.username && !url.password ? url.href : undefined;
}
