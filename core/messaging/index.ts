/**
 * Conversations: what is said in them, and how it gets from here to there exactly once.
 *
 * @module
 */
export { MAX_TEXT_BYTES } from './content.js';
export { Device, ownLogRefused, verifyOwnLog, type Owner } from './device.js';
export { Messaging, type MessagingOptions } from './messaging.js';
export { isSamePlace, paymentContent, paymentOf, putPayment } from './payment-rows.js';
export { appendMessage, conversationWith, messageOf, ownMessage, storedMessage } from './rows.js';
