/**
 * What finds, begins and lists more, as one thing to load; it registers nothing before it is asked to.
 *
 * @module
 */
import { register } from '../internal/register.js';
import { ComingChatBegin } from './begin.js';
import { ComingChatInbox } from './inbox.js';
import { ComingChatSearch } from './search.js';

export function defineInbox(): void {
  register('coming-chat-begin', ComingChatBegin);
  register('coming-chat-search', ComingChatSearch);
  register('coming-chat-inbox', ComingChatInbox);
}
