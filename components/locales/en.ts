/**
 * Every text of the elements, in English. Another locale is another value of the type {@link Strings}.
 *
 * @module
 */
import type { ErrorCode, LedgerErrorCode } from '../../core/errors.js';
import type { ChatStrings } from './en-chat.js';
import type { ContactStrings } from './en-contact.js';
import type { FindStrings } from './en-find.js';
import type { IdentityStrings } from './en-identity.js';
import type { PayButtonStrings } from './en-pay-button.js';
import type { PayStrings } from './en-pay.js';
import type { ScannerStrings } from './en-scanner.js';
import type { SignInButtonStrings } from './en-sign-in-button.js';
import type { WalletStrings } from './en-wallet.js';

/** The texts of the elements. Counts and names come in as arguments, so that a locale can order them. */
export interface Strings {
  // one's own identity
  identityTitle: string;
  signInTitle: string;
  signInText: string;
  chatAsGuest: string;
  chatAsGuestHint: string;
  connectWallet: string;
  connectWalletHint: string;
  haveIdentity: string;
  makingGuest: string;
  signingInWallet: string;
  cancel: string;
  comingId: string;
  copyComingId: string;
  copied: string;
  copyFailed: string;
  memoryOnly: string;

  // how the client is
  connectionIdle: string;
  connectionConnecting: string;
  connectionCatchingUp: string;
  connectionOnline: string;
  connectionOffline: string;
  connectionDisplaced: string;
  offlineBanner: string;
  connectNow: string;
  displacedBanner: string;
  connectHere: string;
  starting: string;
  contactSignedOut: string;
  failedTitle: string;
  lockedTitle: string;
  closedTitle: string;
  closedText: string;
  unconfiguredTitle: string;
  unconfiguredText: string;
  tryAgain: string;
  close: string;

  // conversations
  conversations: string;
  noMessagesYet: string;
  noteToSelf: string;
  ownWord: string;
  request: string;
  draft: (text: string) => string;
  typing: string;
  unread: (count: number) => string;
  back: string;
  about: (name: string) => string;
  look: string;
  newDevices: (count: number) => string;
  elsewhere: (origin: string) => string;
  answerElsewhere: string;

  // messages
  loadingMessages: string;
  messagesWith: (name: string) => string;
  emptyThreadTitle: (name: string) => string;
  emptyThreadText: string;
  loadEarlier: string;
  loadingEarlier: string;
  newMessages: (count: number) => string;
  toNewest: string;
  today: string;
  yesterday: string;
  you: string;
  youSaid: (text: string) => string;
  queued: string;
  sent: string;
  delivered: string;
  read: string;
  failed: string;
  notSent: string;
  retry: string;
  takeBack: string;
  awaited: string;
  lost: string;
  undecryptable: (count: number) => string;
  deleted: string;
  timerChanged: string;
  messageMenu: string;
  conversationMenu: string;

  // writing
  messageTo: (name: string) => string;
  send: string;
  composerNotReady: string;
  replyingTo: (name: string) => string;
  editing: string;
  payTo: (name: string) => string;

  /** What happened and what to do next, for every code; those of money are loaded with what shows them. */
  errors: Readonly<
    Record<Exclude<ErrorCode, LedgerErrorCode>, string> & Partial<Record<LedgerErrorCode, string>>
  >;
}

/** Texts that replace others one by one, those included that are loaded later. */
export type StringOverrides = Partial<
  Omit<
    Strings &
      ChatStrings &
      ContactStrings &
      FindStrings &
      IdentityStrings &
      PayButtonStrings &
      PayStrings &
      ScannerStrings &
      SignInButtonStrings &
      WalletStrings,
    'errors' | 'refutals'
  >
> & {
  readonly errors?: Partial<Record<ErrorCode, string>>;
  readonly refutals?: Partial<PayStrings['refutals']>;
};

const LOG_ADVICE = 'Compare your Coming IDs another way before you write anything private.';
const LOG_CHANGED = `The list of this person’s devices changed in a way it should not. ${LOG_ADVICE}`;
const RESEND_ADVICE = 'Ask the sender to send it again.';

export const en: Strings = {
  identityTitle: 'Your identity',
  signInTitle: 'Start chatting',
  signInText: 'Messages are end-to-end encrypted. No phone number or email is needed.',
  chatAsGuest: 'Chat as a guest',
  chatAsGuestHint: 'A new identity on this device, in one click.',
  connectWallet: 'Connect a wallet',
  connectWalletHint: 'Use an account of a wallet extension.',
  haveIdentity: 'I have an identity',
  makingGuest: 'Making your identity…',
  signingInWallet: 'Confirm in your wallet that this device may read your messages.',
  cancel: 'Cancel',
  comingId: 'Coming ID',
  copyComingId: 'Copy Coming ID',
  copied: 'Copied',
  copyFailed: 'Copying is not allowed here',
  memoryOnly:
    'This browser stores nothing for this page. Your identity and messages are gone when the page closes.',

  connectionIdle: 'Not connected yet',
  connectionConnecting: 'Connecting…',
  connectionCatchingUp: 'Receiving messages…',
  connectionOnline: 'Connected',
  connectionOffline: 'Offline',
  connectionDisplaced: 'In use elsewhere',
  offlineBanner: 'Offline. Messages are sent when the connection is back.',
  connectNow: 'Connect now',
  displacedBanner: 'These messages are open somewhere else, so nothing arrives here.',
  connectHere: 'Use it here',
  starting: 'Starting…',
  contactSignedOut: 'Not signed in',
  failedTitle: 'This does not work right now',
  lockedTitle: 'Locked',
  closedTitle: 'Closed',
  closedText: 'This chat was closed. Reload the page to open it again.',
  unconfiguredTitle: 'Not set up yet',
  unconfiguredText:
    'This page has not named a relay. Put the element into <coming-provider relay="wss://…">.',
  tryAgain: 'Try again',
  close: 'Close',

  conversations: 'Conversations',
  noMessagesYet: 'No messages yet',
  noteToSelf: 'Note to self',
  ownWord: 'their own word',
  request: 'Request',
  draft: (text) => `Draft: ${text}`,
  typing: 'writing…',
  unread: (count) => (count === 1 ? '1 unread message' : `${count} unread messages`),
  back: 'Back to conversations',
  about: (name) => `About ${name}`,
  look: 'Have a look',
  newDevices: (count) => (count === 1 ? 'They use a new device.' : `They use ${count} new devices.`),
  elsewhere: (origin) => `They now write from ${origin}. Your answers do not reach them there.`,
  answerElsewhere: 'Answer there',

  loadingMessages: 'Loading messages…',
  messagesWith: (name) => `Messages with ${name}`,
  emptyThreadTitle: (name) => `Say hello to ${name}`,
  emptyThreadText: 'Only the two of you can read what is written here.',
  loadEarlier: 'Load earlier messages',
  loadingEarlier: 'Loading earlier messages…',
  newMessages: (count) => (count === 1 ? '1 new message' : `${count} new messages`),
  toNewest: 'Go to the newest message',
  today: 'Today',
  yesterday: 'Yesterday',
  you: 'You',
  youSaid: (text) => `You: ${text}`,
  queued: 'Waiting to be sent',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  failed: 'Not sent',
  notSent: 'Not sent.',
  retry: 'Try again',
  takeBack: 'Take back',
  awaited: 'This message could not be decrypted yet. It was asked for again.',
  lost: 'A message here could not be decrypted, and could not be had again.',
  undecryptable: (count) =>
    count === 1
      ? 'A message arrived that could not be decrypted. Ask for it to be sent again.'
      : `${count} messages arrived that could not be decrypted. Ask for them to be sent again.`,

  deleted: 'Deleted message',
  timerChanged: 'How long messages stay was changed',
  messageMenu: 'Message actions',
  conversationMenu: 'Settings of this conversation',

  messageTo: (name) => `Message ${name}`,
  send: 'Send',
  replyingTo: (name) => `Answer to ${name}`,
  editing: 'Edit',
  composerNotReady: 'You can write here once you are signed in.',
  payTo: (name) => `Pay ${name}`,

  errors: {
    'invalid-coming-id':
      'This is not a Coming ID. Check that all of it was copied; a Coming ID starts with 5 and has 48 characters.',
    'own-account': 'This is your own Coming ID. Enter the Coming ID of somebody else.',
    'invalid-log-entry': `The list of this person’s devices does not check. ${LOG_ADVICE}`,
    'device-log-forked': LOG_CHANGED,
    'device-log-stepped-back': LOG_CHANGED,
    'own-log-refused':
      'The relay’s list of your devices does not check. Look at your devices in your identity, or use another relay.',
    'too-many-devices': 'You have too many devices. Remove one first.',
    'log-full': 'The list of your devices is full: devices can be removed, but no longer added or changed.',
    'wallet-unavailable':
      'No wallet extension was found in this browser. Install one, reload this page, or chat as a guest.',
    'wallet-no-accounts':
      'Your wallet shares no account with this page. Open the wallet, allow an account for this page, then try again.',
    'wallet-refused':
      'The wallet said no. If that was not what you wanted, try again and confirm; a blocked page can be allowed in the wallet’s settings.',
    'malformed-message': `A message arrived in a form that can’t be read. ${RESEND_ADVICE}`,
    'invalid-key': `This person’s keys can’t be used. ${LOG_ADVICE}`,
    'invalid-signature': `This person’s keys are not signed properly. ${LOG_ADVICE}`,
    'duplicate-message': 'This message arrived twice. Nothing needs to be done.',
    'no-session': 'There is no secure session with this person yet. Try again.',
    'session-expired': 'The secure session is too old. Try again to start a new one.',
    'decryption-failed': `A message could not be decrypted. ${RESEND_ADVICE}`,
    'too-far-ahead': `Too many messages are missing before this one. ${RESEND_ADVICE}`,
    'unknown-pre-key': `A message was meant for a key that this device no longer has. ${RESEND_ADVICE}`,
    'identity-mismatch': `The key of this person’s device is not the one they announced. ${LOG_ADVICE}`,
    'message-empty': 'There is nothing to send yet. Write something first.',
    'message-too-long': 'This message is too long. Shorten it or send it in parts.',
    'unknown-account':
      'Nobody with this Coming ID has used this relay yet. Check the Coming ID, or ask them to open the chat once.',
    'no-devices': 'This person has no active device. Ask them to open the chat again.',
    'no-device-here':
      'This person takes part only on other sites: none of their devices may receive what is said on this one. Write to them there, or ask them to give a device full access.',
    'other-origin': 'A message of another site’s conversation arrived. It is not shown here.',
    blocked: 'You blocked this person. Unblock them to write to them.',
    'malformed-content': `A message arrived that this version can’t show. Reload the page to update, or ask the sender to send it again.`,
    'message-lost': `A message could not be decrypted, and could not be had again. ${RESEND_ADVICE}`,
    'already-sent': 'This message can no longer be taken back: it was sent.',
    'not-ready': 'An identity is needed first. Chat as a guest or connect a wallet.',
    'already-signed-in': 'You are signed in already. Erase everything on this device to change that.',
    closed: 'This chat was closed. Reload the page to open it again.',
    'relay-unreachable': 'The relay can’t be reached. Check your connection and try again.',
    'relay-refused': 'The relay refused the request. Reload the page, or try again later.',
    'storage-unavailable':
      'This browser does not let the page store anything. Allow site data for this page, then reload it.',
    'storage-full': 'There is no space left on this device. Free some space, then try again.',
    'not-owner': 'Another tab took over. Reload this page to go on here.',
    'owner-gone': 'A tab was closed while this was done. Look whether it was done; if not, try again.',
    'other-version': 'Another tab runs an older version. Reload all tabs of this site.',
    'newer-database': 'Your messages were stored by a newer version. Reload the page to update it.',
    'database-blocked': 'An older version of this page is open in another tab. Close that tab to go on here.',
    'storage-damaged':
      'What was stored here is damaged. Reload the page; if that does not help, erase everything and sign in again.',
    'storage-cleared':
      'This site’s data was deleted. The chat goes on until this page closes; back up your identity before that.',
    locked: 'Your messages are locked. Unlock them first.',
    'device-removed':
      'This device was removed from your account. Everything on it was erased. Sign in again to use it.',
    'not-loaded':
      'A part of this page could not be loaded. Check your connection and try again, or reload the page.',
    'rate-limited': 'That was too fast. Wait a moment, then try again.',
    internal:
      'Something went wrong. Reload the page; if it happens again, tell the people who run this site.',
  },
};

/** The English texts with some of them replaced. */
export function withOverrides(overrides: StringOverrides | undefined): Strings {
  if (!overrides) return en;
  return { ...en, ...overrides, errors: { ...en.errors, ...overrides.errors } };
}

/** What to say of an error, also of one whose text is not loaded. */
export function errorText({ errors }: Strings, code: ErrorCode): string {
  return errors[code] ?? errors.internal;
}
