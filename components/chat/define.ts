/**
 * Registers `<coming-chat>` and the parts inside it.
 *
 * @module
 */
import '../internal/define-parts.js';
import { register } from '../internal/register.js';
import { ComingChat } from './chat.js';
import { ComingChatComposer } from './composer.js';
import { ComingChatConversation } from './conversation.js';
import { ComingChatList } from './conversation-list.js';
import { ComingChatThread } from './thread.js';

register('coming-chat-composer', ComingChatComposer);
register('coming-chat-thread', ComingChatThread);
register('coming-chat-list', ComingChatList);
register('coming-chat-conversation', ComingChatConversation);
register('coming-chat', ComingChat);
