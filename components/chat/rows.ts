/**
 * The rows of a thread: its messages with a heading before each day, and where runs of one sender begin and end.
 *
 * @module
 */
import type { Message } from '../../core/client.js';
import { dayOf } from '../internal/dates.js';

/** Messages of one sender within this time stand together, ms. */
const GROUP = 5 * 60_000;

export type Row =
  | { readonly key: string; readonly day: number }
  | { readonly key: string; readonly message: Message; readonly first: boolean; readonly last: boolean };

export function rows(messages: readonly Message[]): Row[] {
  return messages.flatMap((message, at): Row[] => {
    const before = messages[at - 1];
    const after = messages[at + 1];
    const day = dayOf(message.sentAt);
    const newDay = !before || dayOf(before.sentAt) !== day;
    const row = {
      key: `${message.mine} ${message.id}`, // both sides choose ids
      message,
      first: newDay || !together(before, message),
      last: !after || dayOf(after.sentAt) !== day || !together(message, after),
    };
    return newDay ? [{ key: `day ${day} ${message.id}`, day }, row] : [row];
  });
}

const together = (earlier: Message, later: Message): boolean =>
  earlier.mine === later.mine &&
  earlier.timer === undefined &&
  later.timer === undefined &&
  later.sentAt - earlier.sentAt < GROUP;
