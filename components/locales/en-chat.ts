/**
 * Every text of what is seldom done in a conversation, in English; loaded when it is.
 *
 * @module
 */
import { lazyWords, type LazyWords, type WordsOf } from './lazy-words.js';

export interface ChatStrings {
  reactWith: (emoji: string) => string;
  reactions: string;
  moreEmoji: string;
  reply: string;
  copyText: string;
  editText: string;
  deleteText: string;
  deleteEveryone: string;
  deleteEveryoneHint: string;
  deleteHere: string;
  reactedYou: (emoji: string) => string;
  reactedOther: (name: string, emoji: string) => string;
  edited: string;
  quoteOf: (name: string) => string;
  quoteGone: string;
  quotedPayment: string;
  disappears: string;
  timerOff: string;
  timerOn: (duration: string) => string;
  timerSetByYou: (text: string) => string;
  timerSetBy: (name: string, text: string) => string;

  // settings of a conversation
  searchHere: string;
  timer: string;
  timerHint: string;
  timerNever: string;
  muted: string;
  mutedHint: string;
  readReceipts: string;
  readReceiptsHint: string;
  typingNotices: string;
  typingNoticesHint: string;
  deleteConversation: string;
  deleteConversationTitle: string;
  deleteConversationText: string;
  deleteConversationConfirm: string;

  // requests
  requestTitle: (name: string) => string;
  requestText: string;
  accept: string;
  block: string;
  deleteRequest: string;
}

export type ChatWords = LazyWords<ChatStrings>;

export const enChat: ChatStrings = {
  reactWith: (emoji) => `React with ${emoji}`,
  reactions: 'Reactions',
  moreEmoji: 'More reactions',
  reply: 'Reply',
  copyText: 'Copy text',
  editText: 'Edit',
  deleteText: 'Delete…',
  deleteEveryone: 'Delete for both',
  deleteEveryoneHint: 'They may have read it already.',
  deleteHere: 'Delete on this device',
  reactedYou: (emoji) => `You reacted with ${emoji}. Take it back`,
  reactedOther: (name, emoji) => `${name} reacted with ${emoji}. React with the same`,
  edited: 'edited',
  quoteOf: (name) => `Answers ${name}`,
  quoteGone: 'The message is not on this device.',
  quotedPayment: 'A payment',
  disappears: 'Disappears',
  timerOff: 'Messages no longer disappear.',
  timerOn: (duration) => `Messages now disappear after ${duration}.`,
  timerSetByYou: (text) => `You changed this: ${text}`,
  timerSetBy: (name, text) => `${name} changed this: ${text}`,

  searchHere: 'Search this conversation',
  timer: 'Messages disappear',
  timerHint: 'Counts for what either of you writes from now on: after sending here, after reading there.',
  timerNever: 'Never',
  muted: 'Mute',
  mutedHint: 'No notice of what arrives here.',
  readReceipts: 'Read receipts',
  readReceiptsHint: 'Without them, you do not see what they have read either.',
  typingNotices: 'Show when you are writing',
  typingNoticesHint: 'Without it, you do not see when they are writing either.',
  deleteConversation: 'Delete this conversation',
  deleteConversationTitle: 'Delete this conversation?',
  deleteConversationText: 'Everything in it is erased on this device. The other person keeps theirs.',
  deleteConversationConfirm: 'Delete',

  requestTitle: (name) => `${name} wants to write to you`,
  requestText:
    'You have not talked before. They do not learn that you have seen this until you accept or answer.',
  accept: 'Accept',
  block: 'Block',
  deleteRequest: 'Delete',
};

const ERRORS = {
  'invalid-reaction': 'This is not an emoji. Choose one of the list.',
  'invalid-timer': 'Choose a time of at most a year.',
  'unknown-message': 'This message is no longer here.',
  'cannot-edit': 'This can no longer be edited: a message can be for a day. Send another one instead.',
  'cannot-delete': 'A payment cannot be deleted.',
  'not-accepted': 'Accept this conversation first.',
};

export const chatWords: WordsOf<ChatStrings> = lazyWords(enChat, ERRORS);
