/**
 * Every text about one's own account, in English; loaded when somebody has one, or wants one back.
 *
 * @module
 */
import type { AnchorState } from '../../core/client.js';
import { lazyWords, type LazyWords, type WordsOf } from './lazy-words.js';

export interface IdentityStrings {
  // what one says of oneself
  profile: string;
  profileHint: string;
  profileText: string;
  profileName: string;
  profileNameHint: string;
  profilePicture: string;
  profileOtherPicture: string;
  profileNoPicture: string;
  profileUnreadable: string;
  profileSave: string;

  guest: string;
  guestHint: string;
  wallet: string;
  walletHint: string;
  connection: string;
  relay: string;
  showQr: string;
  qrTitle: string;
  qrText: string;
  identityLoading: string;
  flowBack: string;
  flowDone: string;
  walletWillAsk: string;
  identitySigning: string;

  // devices
  devicesTitle: string;
  thisDevice: string;
  manageDevice: (name: string) => string;
  deviceAdded: (origin: string, date: string) => string;
  readsAll: string;
  readsOrigin: (origin: string) => string;
  renameDevice: string;
  renameDeviceTitle: (name: string) => string;
  deviceName: string;
  saveName: string;
  grantDevice: string;
  grantDeviceHint: string;
  grantTitle: (name: string) => string;
  grantText: (origin: string) => string;
  grantConfirm: string;
  removeDevice: string;
  removeDeviceHint: string;
  removeTitle: (name: string) => string;
  removeText: string;
  removeThisText: string;
  removeThisLost: string;
  removeConfirm: string;
  forkedText: string;
  forkedRepair: string;
  repairTitle: string;
  repairText: string;
  repairConfirm: string;

  // backup
  notBackedUp: string;
  backUpNow: string;
  backup: string;
  backupDone: string;
  backupOpen: string;
  backupText: string;
  archive: string;
  archiveHint: string;
  backupWords: string;
  backupWordsHint: string;
  backupFile: string;
  backupFileHint: string;
  wordsTitle: string;
  wordsWarning: string;
  wordsShow: string;
  wordsLabel: string;
  wordsWritten: string;
  wordsCheckTitle: string;
  wordsCheckText: string;
  wordNumber: (position: number) => string;
  wordsCheck: string;
  wordsSeeAgain: string;
  wordsDone: string;
  fileTitle: string;
  fileText: string;
  passphrase: string;
  passphraseAgain: string;
  passphraseStrength: readonly [tooShort: string, weak: string, fair: string, strong: string];
  passphrasesDiffer: string;
  fileSave: string;
  fileMaking: string;
  fileDone: string;

  // hand-over
  handOver: string;
  handOverHint: string;
  handOverTitle: string;
  handOverText: string;
  handOverStart: string;
  handOverAsks: string;

  // anchor
  anchor: string;
  anchorState: Readonly<Record<AnchorState, string>>;
  anchorTitle: string;
  anchorText: string;
  anchorCosts: string;
  anchorFee: string;
  anchorDeposit: string;
  anchorDepositHint: string;
  anchorWrite: string;
  anchorWriting: string;
  anchorDone: string;
  anchorLook: string;

  // linking another device
  link: string;
  linkHint: string;
  linkTitle: string;
  linkText: string;
  linkField: string;
  linkConfirmTitle: (name: string) => string;
  linkConfirmText: string;
  linkName: string;
  linkOrigin: string;
  linkCode: string;
  linkAccess: string;
  linkAccessOrigin: (origin: string) => string;
  linkAccessAll: string;
  linkConfirm: string;
  linkAnswerTitle: string;
  linkAnswerText: string;
  linkAnswerQr: string;
  copyLinkText: string;

  // leaving
  erase: string;
  lock: string;
  lockText: string;
  lockState: Readonly<Record<'none' | 'passphrase' | 'passkey', string>>;
  lockNow: string;
  lockNowHint: string;
  lockPassphrase: string;
  lockChange: string;
  lockPassphraseHint: string;
  lockForget: string;
  lockSet: string;
  locking: string;
  lockPasskey: string;
  lockPasskeyHint: string;
  lockRemove: string;
  lockRemoveHint: string;
  lockRemoveText: string;
  unlockTitle: string;
  unlockText: string;
  unlockPasskeyText: string;
  unlock: string;
  unlockPasskey: string;
  unlocking: string;
  unlockWrong: string;
  unlockForgot: string;
  unlockForgotText: string;
  eraseTitle: string;
  eraseText: string;
  eraseConfirm: string;
  erasing: string;

  // coming back
  restoreTitle: string;
  restoreText: string;
  restoreWords: string;
  restoreWordsHint: string;
  restoreFile: string;
  restoreFileHint: string;
  restoreLink: string;
  restoreLinkHint: string;
  restoreWordsField: string;
  restoreFileField: string;
  restoreStart: string;
  restoring: string;
  unknownWord: (position: number) => string;
  offerTitle: string;
  offerText: string;
  offerQr: string;
  offerSecret: string;
  offerUntil: (time: string) => string;
  offerExpired: string;
  offerAgain: string;
  offerNext: string;
  joinTitle: string;
  joinText: string;
  joinField: string;
}

export type IdentityWords = LazyWords<IdentityStrings>;

export const enIdentity: IdentityStrings = {
  profile: 'Name and picture',
  profileHint: 'What your contacts see of you',
  profileText:
    'Those whom you write to, or let write to you, see this. It travels encrypted; nobody checks it, so they see it as your own word.',
  profileName: 'Name',
  profileNameHint: 'At most 64 characters. Marks that look like a verification are left out.',
  profilePicture: 'Choose a picture',
  profileOtherPicture: 'Another picture',
  profileNoPicture: 'Remove the picture',
  profileUnreadable: 'This picture cannot be used. Choose another one.',
  profileSave: 'Save',

  guest: 'Guest',
  guestHint: 'The key was made on this device and stays on it.',
  wallet: 'Wallet account',
  walletHint: 'The account’s key stays in your wallet.',
  connection: 'Connection',
  relay: 'Relay',
  showQr: 'Show my code',
  qrTitle: 'Your Coming ID',
  qrText: 'Whoever scans this can write to you and pay you.',
  identityLoading: 'Loading your identity…',
  flowBack: 'Back',
  flowDone: 'Done',
  walletWillAsk: 'Your wallet will ask you to confirm this.',
  identitySigning: 'Confirm in your wallet. Read what it shows: it names what you are about to do.',

  devicesTitle: 'Devices',
  thisDevice: 'This device',
  manageDevice: (name) => `Manage ${name}`,
  deviceAdded: (origin, date) => `${origin}, since ${date}`,
  readsAll: 'Reads all conversations',
  readsOrigin: (origin) => `Reads conversations started on ${origin}`,
  renameDevice: 'Rename',
  renameDeviceTitle: (name) => `Rename ${name}`,
  deviceName: 'Name of the device',
  saveName: 'Save',
  grantDevice: 'Let it read everything',
  grantDeviceHint: 'Now it gets only what is said on its own site.',
  grantTitle: (name) => `Let ${name} read everything?`,
  grantText: (origin) =>
    `From now on ${origin} can read all your conversations, from every site. Do it only for a site that you trust as much as this one.`,
  grantConfirm: 'Let it read everything',
  removeDevice: 'Remove',
  removeDeviceHint: 'It gets no more messages. What it has, it keeps.',
  removeTitle: (name) => `Remove ${name}?`,
  removeText:
    'Nobody sends it anything any more, and it can’t write for you. Messages that are on it stay on it. It can’t be undone; it can be linked anew.',
  removeThisText: 'You are signed out here, and everything on this device is erased.',
  removeThisLost:
    'Your key is only here and was never backed up: this identity, and coins on it, are lost for good. Back it up first.',
  removeConfirm: 'Remove',
  forkedText:
    'The relay has another list of your devices than this device does. Look at the list below: is each of them yours?',
  forkedRepair: 'Settle it…',
  repairTitle: 'Is this list right?',
  repairText:
    'The list as it is shown here will count. A device that is only on the other list has to be linked again. If a device here is not yours, remove it afterwards.',
  repairConfirm: 'This list is right',

  notBackedUp: 'If you lose this device, this identity is lost.',
  backUpNow: 'Back up',
  backup: 'Backup',
  backupDone: 'Backed up',
  backupOpen: 'Not backed up',
  backupText: 'With a backup you get this identity back on any device. Keep it where only you get at it.',
  archive: 'Export and import',
  archiveHint: 'All conversations, in one encrypted file',
  backupWords: 'Write down 12 words',
  backupWordsHint: 'On paper. Nothing can be stolen over the network.',
  backupFile: 'Save a file',
  backupFileHint: 'Encrypted with a passphrase of yours.',
  wordsTitle: 'Your 12 words',
  wordsWarning:
    'Whoever has these words is you: they can write as you and take your coins. Make sure that nobody watches, and no camera. Nobody of this site will ever ask for them.',
  wordsShow: 'Show the words',
  wordsLabel: 'The words, in order',
  wordsWritten: 'I wrote them down',
  wordsCheckTitle: 'Check what you wrote',
  wordsCheckText: 'Type these three words from your paper.',
  wordNumber: (position) => `Word ${position}`,
  wordsCheck: 'Check',
  wordsSeeAgain: 'See the words again',
  wordsDone: 'You have your words. Keep the paper where only you get at it.',
  fileTitle: 'Save to a file',
  fileText: 'The file is of use only with the passphrase. Keep the two apart; nobody can reset it.',
  passphrase: 'Passphrase',
  passphraseAgain: 'Passphrase again',
  passphraseStrength: [
    'Too short: at least 8 characters.',
    'Weak: a computer guesses this. Make it longer.',
    'Fair. Longer is better.',
    'Strong.',
  ],
  passphrasesDiffer: 'The two are not the same.',
  fileSave: 'Save the file',
  fileMaking: 'Encrypting… This takes a moment on purpose.',
  fileDone: 'The file was saved. Keep it and the passphrase apart.',

  handOver: 'Continue with a wallet',
  handOverHint: 'Your conversations go on under an account of your wallet.',
  handOverTitle: 'Continue with a wallet',
  handOverText:
    'You become an account of your wallet. The people you write to are told, with a statement that both accounts sign, and your conversations go on. Coins on the guest account stay there: move them first.',
  handOverStart: 'Choose the account',
  handOverAsks: 'Your wallet asks twice: for the statement, and for this device. Confirm both.',

  anchor: 'On the chain',
  anchorState: {
    none: 'Your devices are not on the chain',
    current: 'Your devices are on the chain',
    behind: 'Newer devices are not on the chain',
    other: 'The chain says something else',
    unknown: 'The chain was not asked',
    'no-chain': 'No chain here',
  },
  anchorTitle: 'Your devices on the chain',
  anchorText:
    'When the chain names your devices, nobody can show a false one to the people you write to: no relay, no site. Only a fingerprint of the list is stored.',
  anchorCosts: 'What it costs',
  anchorFee: 'Fee',
  anchorDeposit: 'Deposit',
  anchorDepositHint: 'The deposit comes back when the entry is removed.',
  anchorWrite: 'Write it to the chain',
  anchorWriting: 'Waiting until it is final…',
  anchorDone: 'The chain names your devices now.',
  anchorLook: 'Ask the chain',

  link: 'Link another device',
  linkHint: 'Another browser, phone or site becomes this identity too.',
  linkTitle: 'Link another device',
  linkText: 'On the other device choose “I have an identity”, then “Link this device”. It shows a code.',
  linkField: 'Or paste the text that it shows',
  linkConfirmTitle: (name) => `Is this “${name}” yours?`,
  linkConfirmText: 'Go on only if the other screen is in front of you and shows the same.',
  linkName: 'Name',
  linkOrigin: 'Site',
  linkCode: 'Code',
  linkAccess: 'What may it read?',
  linkAccessOrigin: (origin) => `Only conversations started on ${origin}`,
  linkAccessAll: 'Everything',
  linkConfirm: 'The codes are the same: link it',
  linkAnswerTitle: 'Almost there',
  linkAnswerText: 'Scan this with the other device, or paste the text there. It is no secret.',
  linkAnswerQr: 'The answer for the other device',
  copyLinkText: 'Copy the text',

  erase: 'Erase everything on this device',
  lock: 'Lock',
  lockText: 'What unlocks your messages and keys on this device when this page is opened.',
  lockState: {
    none: 'Opens without asking.',
    passphrase: 'Opens with your passphrase.',
    passkey: 'Opens with your passkey.',
  },
  lockNow: 'Lock now',
  lockNowHint: 'Nothing is shown or received until you unlock it.',
  lockPassphrase: 'Set a passphrase',
  lockChange: 'Change the passphrase',
  lockPassphraseHint: 'It is asked for whenever this page is opened.',
  lockForget: 'Nobody can reset it. If you forget it, all you can do is erase this device.',
  lockSet: 'Set passphrase',
  locking: 'This takes a moment…',
  lockPasskey: 'Use a passkey',
  lockPasskeyHint: 'Your fingerprint, face, PIN or security key.',
  lockRemove: 'Remove the lock',
  lockRemoveHint: 'Opens without asking then.',
  lockRemoveText: 'Whoever can use this browser can read your messages then.',
  unlockTitle: 'Unlock this device',
  unlockText: 'Your messages are locked with your passphrase.',
  unlockPasskeyText: 'Your messages are locked with your passkey.',
  unlock: 'Unlock',
  unlockPasskey: 'Unlock with passkey',
  unlocking: 'Unlocking…',
  unlockWrong: 'This is not the passphrase. Nothing was changed; try again.',
  unlockForgot: 'I can’t unlock it',
  unlockForgotText:
    'Without what unlocks it nobody can read what is stored here. You can erase it and start anew.',
  eraseTitle: 'Erase everything?',
  eraseText:
    'This deletes your identity on this device and all messages stored here. Coins on a guest account are lost with it. It can’t be undone. People you wrote to keep their copies.',
  eraseConfirm: 'Erase everything',
  erasing: 'Erasing…',

  restoreTitle: 'I have an identity',
  restoreText: 'How do you want to bring it here?',
  restoreWords: 'With my words',
  restoreWordsHint: 'The 12 words that you wrote down.',
  restoreFile: 'With my file',
  restoreFileHint: 'And its passphrase.',
  restoreLink: 'Link this device',
  restoreLinkHint: 'From another device that is signed in.',
  restoreWordsField: 'Your words, in order',
  restoreFileField: 'The file',
  restoreStart: 'Restore',
  restoring: 'Restoring…',
  unknownWord: (position) =>
    `Word ${position} is not one of the words that can be in there. Look for a slip of the pen.`,
  offerTitle: 'Link this device',
  offerText:
    'On the device that is signed in, open your identity and choose “Link another device”. Scan this there.',
  offerQr: 'The code of this device',
  offerSecret: 'Show this to nobody else, and send the text only to yourself.',
  offerUntil: (time) => `Works until ${time}.`,
  offerExpired: 'This code is too old.',
  offerAgain: 'Make a new code',
  offerNext: 'I have the answer',
  joinTitle: 'The answer',
  joinText:
    'When you confirmed on the other device, it shows a code. Scan it here. Conversations begin on this device then: to have earlier ones here too, export them there and import the file here.',
  joinField: 'Or paste the text that it shows',
};

const ERRORS = {
  'invalid-picture': 'This picture cannot be used. Choose another one.',
  'words-incomplete': 'Words are missing, or there are too many. There are 12 as a rule.',
  'unknown-word': 'One of the words can’t be in there. Look for a slip of the pen.',
  'words-mismatch': 'All words exist, but not in this order. Look whether two are swapped or one is wrong.',
  'words-differ': 'These are not the words of this identity. Look at your paper again.',
  'no-words': 'This identity was not made of words. Save it to a file instead.',
  'no-key': 'The key of this account is not on this device. Do this on the device that has it.',
  'weak-passphrase': 'This passphrase is too short. Take at least 8 characters.',
  'wrong-passphrase': 'The passphrase does not fit this file, or the file was changed.',
  'wrong-passkey': 'This is another passkey than this device was locked with.',
  'passkey-refused': 'The passkey was not used. Try again, and confirm when the browser asks.',
  'passkey-unsupported': 'This passkey can’t lock a device. Set a passphrase instead.',
  'not-protected': 'Set a passphrase first.',
  'malformed-keystore': 'This is not the file of an identity, or it is broken.',
  'unsupported-keystore':
    'This file holds a key of another kind. Only encrypted ed25519 keys can be used here.',
  'signer-needed': 'The key of this account is on another device. Do this there.',
  'unknown-device': 'This device is not on the list any more.',
  'invalid-name': 'A name has 1 to 64 characters, none of them invisible.',
  'needs-full-device': 'Only a device that reads everything can allow that. Do it on one of those.',
  'no-fork': 'There is nothing to settle any more.',
  'malformed-link':
    'This is not the text of a device that is being linked. Copy all of it, or scan the code.',
  'link-expired': 'This took too long. Make a new code on the other device.',
  'not-offered': 'This is the answer to another code. Begin again.',
  'other-relay': 'The two devices use different relays. Link a device that uses the same one.',
  'malformed-registration': 'What the chain has of this account can’t be read.',
  'no-chain': 'This page is not connected to a chain.',
  'chain-unreachable': 'The chain can’t be reached now. Try again later.',
  'nodes-disagree': 'The nodes of the chain disagree. Nothing was done. Try again later.',
  'chain-unsupported': 'This chain can’t do that.',
  'insufficient-fee-balance':
    'There is too little PCX on this account for the fee. Send some to your Coming ID, then try again.',
  'insufficient-balance':
    'There is too little PCX on this account for the deposit and the fee. Send some to your Coming ID, then try again.',
  'transfer-failed': 'The chain did not carry it out.',
  'transfer-expired': 'No block took it in time. Nothing was paid. Try again.',
  'transfer-refused': 'The chain refused it. Nothing was paid.',
  'wallet-signed-other':
    'The wallet signed something else. Nothing was done. Update it, or use another wallet.',
};

export const identityWords: WordsOf<IdentityStrings> = lazyWords(enIdentity, ERRORS);
