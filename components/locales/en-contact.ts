/**
 * Every text about a person one knows, in English; loaded when somebody looks at one.
 *
 * @module
 */
import type { ContactStatus } from '../../core/client.js';
import { lazyWords, type LazyWords, type WordsOf } from './lazy-words.js';

/** A verification status in words: what it is called, what it means, what to do. */
export interface StatusWords {
  readonly title: string;
  readonly text: string;
}

export interface ContactStrings {
  contactTitle: string;
  contactLoading: string;
  contactFailedTitle: string;
  contactStatus: Readonly<Record<ContactStatus | 'unknown', StatusWords>>;
  contactChainUnreachable: string;
  contactChainAsking: string;
  contactOwnWord: string;
  noteTitle: string;
  noteHint: string;
  noteSaved: string;
  contactNameField: string;
  contactNameHint: string;
  contactEditName: string;
  contactRenameTitle: (name: string) => string;
  save: string;

  // comparing
  compareOpen: string;
  compareAgain: string;
  compareTitle: string;
  compareText: (name: string) => string;
  safetyNumber: string;
  safetyNumberLoading: string;
  copySafetyNumber: string;
  compareSame: string;
  compareDiffers: string;
  differsTitle: string;
  differsText: (name: string) => string;
  compareQr: string;
  compareQrHint: (name: string) => string;
  scanOpen: string;
  scanTitle: (name: string) => string;
  scanText: (name: string) => string;
  scanField: string;
  comparedNow: (name: string) => string;
  compareForget: string;

  // something changed
  changedChoices: (name: string) => string;
  changedAccept: string;
  acceptTitle: string;
  acceptText: (name: string) => string;
  acceptConfirm: string;

  // devices, domain, blocking
  contactDevices: string;
  contactNoDevices: string;
  deviceNew: string;
  deviceSince: (origin: string, date: string) => string;
  accessAll: string;
  accessOrigin: (origin: string) => string;
  domainTitle: string;
  domainConfirmed: (domain: string) => string;
  domainField: string;
  domainHint: string;
  domainAsk: string;
  domainAsking: string;
  domainNo: (domain: string) => string;
  domainMalformed: string;
  block: string;
  blockHint: string;
  unblock: string;
  blockedNow: (name: string) => string;
  contactBack: string;
  contactRefresh: string;
}

export type ContactWords = LazyWords<ContactStrings>;

export const enContact: ContactStrings = {
  contactTitle: 'Contact',
  contactLoading: 'Looking up this person…',
  contactFailedTitle: 'This person can’t be shown',
  contactStatus: {
    unknown: {
      title: 'Not known yet',
      text: 'So far the relay has told nothing about this person that could be checked.',
    },
    unverified: {
      title: 'Not verified',
      text: 'Their devices are signed by this account. Compare the safety number to be sure that the account is theirs.',
    },
    asserted: {
      title: 'Confirmed by one node',
      text: 'One node of the chain says that these are their devices. It could be wrong; compare the safety number to be sure.',
    },
    'newer-than-anchor': {
      title: 'Has newer devices',
      text: 'The chain confirms this account, but some of its devices came later and are not on the chain yet.',
    },
    'chain-verified': {
      title: 'Verified on the chain',
      text: 'Independent nodes prove that the chain names exactly these devices.',
    },
    compared: {
      title: 'Compared',
      text: 'You compared the safety number. It stays so when they add devices in the proper way.',
    },
    changed: {
      title: 'Something changed',
      text: 'The list of this person’s devices changed in a way it should not: it split, lost entries, or contradicts the chain. Somebody may be between the two of you.',
    },
  },
  contactChainUnreachable: 'The chain can’t be reached now, so it was not asked.',
  contactChainAsking: 'Asking the chain…',
  contactOwnWord: 'They call themselves that. Nobody checked it.',
  noteTitle: 'Your note',
  noteHint: 'Only you see it.',
  noteSaved: 'The note is saved.',
  contactNameField: 'Name',
  contactNameHint: 'Only you see this name. Leave it empty to remove it.',
  contactEditName: 'Rename',
  contactRenameTitle: (name) => `Rename ${name}`,
  save: 'Save',

  compareOpen: 'Compare safety number',
  compareAgain: 'Show safety number',
  compareTitle: 'Safety number',
  compareText: (name) =>
    `Meet, or call each other, and look whether ${name} sees the same number. If it is, nobody is between you.`,
  safetyNumber: 'Safety number',
  safetyNumberLoading: 'Computing…',
  copySafetyNumber: 'Copy safety number',
  compareSame: 'They are the same',
  compareDiffers: 'They differ',
  differsTitle: 'Then somebody may be between you',
  differsText: (name) =>
    `Write nothing private here. Make sure that both of you look at the right person: does ${name} see your Coming ID, and you theirs? If the numbers still differ, reach them another way and block this account.`,
  compareQr: 'Your code for them to scan',
  compareQrHint: (name) => `Or let ${name} scan this code, and scan theirs.`,
  scanOpen: 'Scan their code',
  scanTitle: (name) => `Scan ${name}’s code`,
  scanText: (name) =>
    `On ${name}’s screen, open your contact and the safety number. The code is below the number.`,
  scanField: 'Or paste the text of their code',
  comparedNow: (name) => `This is ${name}. Nobody is between you.`,
  compareForget: 'Take back that it was compared',

  changedChoices: (name) =>
    `Nothing is sent to ${name} until you decide. Ask them another way, for example by phone, whether they know why.`,
  changedAccept: 'Go on all the same…',
  acceptTitle: 'Go on with the new list?',
  acceptText: (name) =>
    `From here on the list that the relay has now counts, and what you compared before does not. If somebody is between you and ${name}, they can read what you write. Compare the safety number again afterwards.`,
  acceptConfirm: 'Go on with the new list',

  contactDevices: 'Devices',
  contactNoDevices: 'No device is known yet.',
  deviceNew: 'New',
  deviceSince: (origin, date) => `${origin}, since ${date}`,
  accessAll: 'Reads all conversations',
  accessOrigin: (origin) => `Reads conversations started on ${origin}`,
  domainTitle: 'Website',
  domainConfirmed: (domain) => `${domain} says that it is theirs`,
  domainField: 'Address of their website',
  domainHint: 'That site is asked, and sees that somebody asked.',
  domainAsk: 'Ask the site',
  domainAsking: 'Asking…',
  domainNo: (domain) => `${domain} does not say that it is theirs.`,
  domainMalformed: 'This is not the address of a website. Write it like ada.example.',
  block: 'Block',
  blockHint: 'Nothing they write is shown, and nothing is sent to them. They are not told.',
  unblock: 'Unblock',
  blockedNow: (name) => `${name} is blocked. Nothing they write is shown, and nothing is sent to them.`,
  contactBack: 'Back',
  contactRefresh: 'Look again',
};

const ERRORS = {
  'contact-changed': 'Decide first what to do about the change; then compare.',
  'malformed-scan':
    'This is not a safety code. Ask them to open your contact and the safety number, then try again.',
  'scan-differs':
    'This code is of other accounts. Make sure that both of you opened each other; if you did, somebody may be between you.',
  'scan-log-differs':
    'The account is right, but they see another list of devices than you do: somebody shows the two of you different lists. Write nothing private here.',
};

export const contactWords: WordsOf<ContactStrings> = lazyWords(enContact, ERRORS);
