/**
 * Every text of the list of conversations that is about beginning, finding and going to something, in English; loaded
 * with what shows it.
 *
 * @module
 */
import { lazyWords, type LazyWords, type WordsOf } from './lazy-words.js';

export interface FindStrings {
  // a conversation with somebody new
  newConversation: string;
  newConversationField: string;
  newConversationHint: string;
  startConversation: string;
  noConversationsTitle: string;
  noConversationsText: string;

  // finding
  search: string;
  searchHint: string;
  searchIn: (name: string) => string;
  clearSearch: string;
  searchResults: string;
  searching: string;
  people: string;
  messages: string;
  startWith: (shortId: string) => string;
  nothingFound: (query: string) => string;
  nothingFoundText: string;
  found: (people: number, messages: number, more: boolean) => string;

  // more of what is listed
  moreConversations: string;
  loadingConversations: string;
  loadLater: string;
  loadingLater: string;
  noLongerHere: string;
}

export type FindWords = LazyWords<FindStrings>;

const counted = (count: number, one: string, many: string) => (count === 1 ? `1 ${one}` : `${count} ${many}`);

export const enFind: FindStrings = {
  newConversation: 'New conversation',
  newConversationField: 'Coming ID',
  newConversationHint: 'Paste the Coming ID of the person you want to write to. It starts with 5.',
  startConversation: 'Start',
  noConversationsTitle: 'No conversations yet',
  noConversationsText: 'Enter somebody’s Coming ID above, or give them yours.',

  search: 'Search',
  searchHint: 'Finds people and messages on this device.',
  searchIn: (name) => `Search messages with ${name}`,
  clearSearch: 'Clear search',
  searchResults: 'Search results',
  searching: 'Searching…',
  people: 'People',
  messages: 'Messages',
  startWith: (shortId) => `Write to ${shortId}`,
  nothingFound: (query) => `Nothing found for “${query}”`,
  nothingFoundText: 'Only what is on this device can be searched: nobody else can read it.',
  found: (people, messages, more) => {
    const some = [
      ...(people > 0 ? [counted(people, 'person', 'people')] : []),
      ...(messages > 0 ? [counted(messages, 'message', 'messages')] : []),
    ];
    return `Found: ${some.join(', ')}${more ? ', and more' : ''}`;
  },

  moreConversations: 'More conversations',
  loadingConversations: 'Loading more conversations…',
  loadLater: 'Load later messages',
  loadingLater: 'Loading later messages…',
  noLongerHere: 'That message is not on this device any more.',
};

export const findWords: WordsOf<FindStrings> = lazyWords(enFind);
