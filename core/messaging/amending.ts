/**
 * What reactions, edits and deletions make of a message: the same, in whatever order they come.
 *
 * Of several reactions of one side, and of several edits, the one that was written last counts; a deletion is for good.
 * What its author may not say changes nothing.
 *
 * @module
 */
import type { MessageRef, MessageRow, Stamp } from '../store/index.js';
import type { Body, Content } from './content.js';

export type Amendment = Extract<Body, { readonly kind: 'reaction' | 'edit' | 'deletion' }>;

/** A content about a message, and which side wrote it. */
export interface Amending {
  readonly mine: boolean;
  /** When the carrier had it, ms since 1970; undefined of one's own. */
  readonly arrivedAt: number | undefined;
  readonly content: Content & { readonly body: Amendment };
}

/** How long after sending a text can be edited, ms. */
export const EDITABLE_MS = 24 * 60 * 60 * 1000;
/** Clocks differ, ms. */
const CLOCKS_MS = 60 * 60 * 1000;
/** An edit may have waited until its author was connected, but not for ever: nobody dates one back by weeks. */
const LATE_MS = 2 * EDITABLE_MS;

export function isAmendment(body: Body): body is Amendment {
  return body.kind === 'reaction' || body.kind === 'edit' || body.kind === 'deletion';
}

/** Whose message such a content is about, and which. */
export function targetOf(mine: boolean, body: Amendment): MessageRef {
  if (body.kind !== 'reaction') return { id: body.id, mine };
  const { id, own } = body.target;
  return { id, mine: own === mine };
}

/** Whether something was written after something else; so every device judges alike. */
export function isLater(stamp: Stamp, than: Stamp | undefined): boolean {
  return !than || stamp.at > than.at || (stamp.at === than.at && stamp.id > than.id);
}

/** The message as the content leaves it; the same object when it changes nothing. */
export function amended(message: MessageRow, { mine, arrivedAt, content }: Amending): MessageRow {
  const { body } = content;
  const stamp = { at: content.sentAt, id: content.id };
  // Nothing can be said any more of what was taken back, nor of a notice.
  if (message.deleted || message.timer !== undefined) return message;
  if (body.kind === 'reaction') {
    const { reactions = [] } = message;
    if (
      !isLater(
        stamp,
        reactions.find((one) => one.mine === mine),
      )
    )
      return message;
    const others = reactions.filter((one) => one.mine !== mine);
    return { ...message, reactions: [...others, { mine, emoji: body.emoji, ...stamp }] };
  }
  if (message.mine !== mine || message.isPayment) return message;
  if (body.kind === 'deletion') {
    const nothing = { text: '', reply: undefined, reactions: undefined, edited: undefined };
    return { ...message, ...nothing, deleted: true, seen: true };
  }
  const isInTime = stamp.at - message.sentAt <= EDITABLE_MS + CLOCKS_MS;
  const isTooLate = arrivedAt !== undefined && arrivedAt - message.sentAt > LATE_MS;
  if (!isInTime || isTooLate || !isLater(stamp, message.edited)) return message;
  return { ...message, text: body.text, edited: stamp };
}
