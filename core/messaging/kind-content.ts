/**
 * What stands in a content about other contents, about the conversation or about its author, each in one form only.
 *
 * @module
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { content as wire } from '../../proto/gen/content.js';
import { fromTime, toTime } from '../../proto/int64.js';
import type { IdHex } from '../store/index.js';
import { malformed } from './malformed.js';

/** Names a message of the conversation; `own`: written by the author of the content that names it. */
export interface Reference {
  readonly id: IdHex;
  readonly own: boolean;
}

export type KindBody =
  /** `emoji` is empty when the one before is taken back. */
  | { readonly kind: 'reaction'; readonly target: Reference; readonly emoji: string }
  /** Another text for a message of the author's own. */
  | { readonly kind: 'edit'; readonly id: IdHex; readonly text: string }
  /** Takes a message of the author's own back. */
  | { readonly kind: 'deletion'; readonly id: IdHex }
  | { readonly kind: 'typing'; readonly active: boolean }
  /** From now on what is written disappears after so many seconds; 0: it stays. */
  | { readonly kind: 'timer'; readonly seconds: number }
  /** What the author is called and looks like, as they say. */
  | {
      readonly kind: 'profile';
      readonly version: number;
      readonly name: string;
      readonly picture: Uint8Array | undefined;
    };

/** The longest time after which messages disappear, in seconds: a year. */
export const MAX_TIMER = 365 * 24 * 60 * 60;
/** The longest name somebody can give to themselves or to others, in characters. */
export const MAX_NAME = 64;
/** The largest picture, in bytes. */
export const MAX_PICTURE_BYTES = 32 * 1024;

const ID_BYTES = 16;
/** The longest emoji of today has 35 bytes. */
const MAX_EMOJI_BYTES = 64;
// As UTS #51 (1.4.9) builds emoji, with the characters that are set aside for later ones; no more than four in one, as
// families have them. What matches is one grapheme.
const PART =
  '\\p{Extended_Pictographic}(?:\\ufe0f|\\p{Emoji_Modifier}|[\\u{e0020}-\\u{e007e}]{1,8}\\u{e007f})?';
const EMOJI = new RegExp(`^(?:\\p{RI}\\p{RI}|[0-9#*]\\ufe0f?\\u20e3|${PART}(?:\\u200d${PART}){0,3})$`, 'u');

/** Whether a text is one emoji and nothing else. */
export function isEmoji(text: string): boolean {
  return text.length <= MAX_EMOJI_BYTES / 2 && EMOJI.test(text);
}

export function isTimer(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_TIMER;
}

export function writeReference({ id, own }: Reference): wire.Reference.$Properties {
  return { id: hexToBytes(id), own };
}

/** @throws ComingError `malformed-content` */
export function readReference(reference: wire.Reference.$Properties | null | undefined): Reference {
  return { id: readId(reference?.id), own: reference?.own ?? false };
}

/** @throws ComingError `malformed-content` */
export function readId(id: Uint8Array | null | undefined): IdHex {
  if (id?.length !== ID_BYTES) throw malformed('id');
  return bytesToHex(id);
}

/** Seconds; 0 when there are none. @throws ComingError `malformed-content` */
export function readTimer(seconds: number | null | undefined): number {
  if (!isTimer(seconds ?? 0)) throw malformed('timer');
  return seconds ?? 0;
}

/** The body, with what a reader shows that does not know it. */
export function writeKind(body: KindBody): wire.Content.$Properties {
  switch (body.kind) {
    case 'reaction': {
      const { emoji, target } = body;
      const fallback = emoji && `Reacted with ${emoji}`;
      return { fallback, reaction: { target: writeReference(target), emoji } };
    }
    case 'edit': {
      const { id, text } = body;
      return {
        fallback: `Edited: ${[...text.slice(0, 1000)].slice(0, 500).join('')}`,
        edit: { id: hexToBytes(id), text },
      };
    }
    case 'deletion':
      return { fallback: 'Took a message back.', deletion: { id: hexToBytes(body.id) } };
    case 'typing':
      return { typing: { active: body.active } };
    case 'timer': {
      const { seconds } = body;
      const fallback = seconds
        ? `Messages now disappear after ${seconds} seconds.`
        : 'Messages no longer disappear.';
      return { fallback, timer: { seconds } };
    }
    case 'profile': {
      const { version, name, picture = new Uint8Array() } = body;
      return { profile: { version: toTime(version), name, picture } };
    }
  }
}

/**
 * The body, if it is one of these.
 *
 * @param checkedText - Throws unless a text can stand in a message.
 * @throws ComingError `malformed-content`
 */
export function readKind(
  { reaction, edit, deletion, typing, timer, profile }: wire.Content.$Properties,
  checkedText: (text: string | null | undefined) => string,
): KindBody | undefined {
  if (reaction) {
    const emoji = reaction.emoji ?? '';
    if (emoji !== '' && !isEmoji(emoji)) throw malformed('reaction');
    return { kind: 'reaction', target: readReference(reaction.target), emoji };
  }
  if (edit) return { kind: 'edit', id: readId(edit.id), text: checkedText(edit.text) };
  if (deletion) return { kind: 'deletion', id: readId(deletion.id) };
  if (typing) return { kind: 'typing', active: typing.active ?? false };
  if (timer) return { kind: 'timer', seconds: readTimer(timer.seconds) };
  if (profile) return readProfile(profile);
  return undefined;
}

function readProfile({ version, name, picture }: wire.Profile.$Properties): KindBody {
  const number = fromTime(version);
  const isBounded = [...(name ?? '')].length <= MAX_NAME && (picture?.length ?? 0) <= MAX_PICTURE_BYTES;
  if (number < 1 || !isBounded) throw malformed('profile');
  return {
    kind: 'profile',
    version: number,
    name: name ?? '',
    picture: picture?.length ? picture.slice() : undefined,
  };
}
