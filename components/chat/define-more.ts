/**
 * What is seldom needed in a conversation, as one thing to load; it registers nothing before it is asked to.
 *
 * @module
 */
import { register } from '../internal/register.js';
import { ComingConversationMenu } from './conversation-menu.js';
import { ComingMessageMenu } from './message-menu.js';
import { ComingChatRequest } from './request.js';

export function defineMore(): void {
  register('coming-message-menu', ComingMessageMenu);
  register('coming-conversation-menu', ComingConversationMenu);
  register('coming-chat-request', ComingChatRequest);
}
