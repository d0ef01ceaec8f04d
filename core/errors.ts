/**
 * The one shape of every error a caller can act on: a class with a `code`.
 *
 * Messages are for developers and hold no message text, keys, addresses or amounts;
 * what a person reads is chosen from the code by the elements.
 *
 * @module
 */

/** Codes that callers can switch on, and where they come from. */
export type ErrorCode =
  // identity
  | 'invalid-coming-id' // not an SS58 address, wrong checksum or wrong network prefix
  | 'invalid-log-entry' // a device-log entry is malformed or its signature does not verify
  | 'device-log-forked' // a device log contradicts the one that was seen before
  | 'device-log-stepped-back' // a device log lacks entries that were seen before
  | 'own-log-refused' // the relay's device log of the own account forked, lacks this device, or is not signed
  | 'too-many-devices' // the account has as many devices with full access as it can have
  | 'log-full' // the account's device log takes nothing more but removals and repairs
  | 'wallet-unavailable' // no wallet extension in this browser
  | 'wallet-no-accounts' // the extension shares no account with this page
  | 'wallet-refused' // the person declined in the wallet
  // ratchet
  | 'malformed-message' // not a message of the Signal protocol, or of another version
  | 'invalid-key' // a key of the wrong type or length, or a low-order point
  | 'invalid-signature' // a pre-key's signature does not verify
  | 'duplicate-message' // this message was decrypted before, or its key was dropped
  | 'no-session' // nothing to decrypt or encrypt with
  | 'session-expired' // the session was never answered and is older than 30 days
  | 'decryption-failed' // wrong MAC, padding or address
  | 'too-far-ahead' // more than 25,000 messages were skipped
  | 'unknown-pre-key' // the message names a pre-key that this device does not have
  | 'identity-mismatch' // the identity key in a message is not the one in the device log
  // messaging
  | 'message-empty'
  | 'message-too-long' // more than 64 KiB of UTF-8
  | 'unknown-account' // no device log: this account has never used the relay
  | 'no-devices' // the account has no live device
  | 'no-device-here' // the account has devices, but none may take part in a conversation of this origin
  | 'other-origin' // a message of a conversation that this device has no part in
  | 'blocked' // this person blocked the other one
  | 'own-account' // a conversation needs somebody else
  | 'malformed-content' // decrypted, but not a Content
  | 'message-lost' // a message could not be decrypted, and its sender cannot send it again
  | 'already-sent' // a message can no longer be taken back
  | LedgerErrorCode
  // client, storage and transport
  | 'not-ready' // an identity is needed first
  | 'already-signed-in'
  | 'closed'
  | 'relay-unreachable'
  | 'relay-refused'
  | 'storage-unavailable'
  | 'storage-full'
  | 'not-owner' // another tab or window owns this profile's sessions
  | 'owner-gone' // the tab that was to do it closed meanwhile: look whether it was done, then perhaps try again
  | 'other-version' // a tab of this profile runs another version of the kit
  | 'newer-database' // written by a later version of the kit
  | 'database-blocked' // another tab holds it open in an earlier version; goes on when that tab closes
  | 'storage-damaged' // what is stored is not what was stored
  | 'storage-cleared' // what was stored here was deleted under way; goes on in memory
  | 'locked' // a passphrase or a passkey is needed first
  | 'device-removed' // the account removed this device; everything here was erased
  | 'not-loaded' // code that is loaded when it is needed could not be: try again, or reload the page
  | 'rate-limited'
  | 'internal';

/** Codes of parts that are loaded when somebody asks for them, or run on a site's server: the chat never meets them. */
export type SeldomErrorCode =
  // sign-in
  | 'malformed-sign-in' // not a sign-in text, or a field cannot stand in one
  | 'sign-in-elsewhere' // a sign-in to another domain
  | 'sign-in-too-early' // issued in the future
  | 'sign-in-expired'
  | 'sign-in-wrong-account' // another account than was asked for
  | 'sign-in-wrong-nonce' // not the nonce that was given out, or used before
  | 'sign-in-not-signed' // the signature does not verify
  // statements
  | 'invalid-statement' // malformed, or a signature does not verify
  // accounts
  | 'words-incomplete' // not 12, 15, 18, 21 or 24 words
  | 'unknown-word' // a word that is not in the list; see `position`
  | 'words-mismatch' // words of the list, but their checksum is wrong
  | 'weak-passphrase' // shorter than 8 characters
  | 'wrong-passphrase' // or the file was changed
  | 'wrong-passkey' // another one than this device was locked with
  | 'passkey-refused' // the person, or the browser, said no
  | 'passkey-unsupported' // this passkey makes no secrets
  | 'not-protected' // nothing to lock with: no passphrase, no passkey
  | 'malformed-keystore' // not an account's file, or broken
  | 'unsupported-keystore' // not encrypted, not of ed25519, or with costs that are not accepted
  | 'words-differ' // good words, but of another account
  | 'no-words' // the account's key is not here, or was not made of words
  | 'no-key' // the account's key is not here
  // devices
  | 'signer-needed' // the account's key is not here: its wallet has to sign
  | 'unknown-device' // the account has no such device
  | 'invalid-name' // not 1 to 64 characters, or with some that could turn the words around it
  | 'needs-full-device' // only a device with full access can give it
  | 'malformed-link' // not a text of two devices that are being linked, or of two others
  | 'link-expired'
  | 'other-relay' // two devices that use different relays cannot be linked
  | 'no-fork' // the list of devices did not split: there is nothing to repair
  | 'not-offered' // an answer to an offer that this device did not make, or no longer holds
  // contacts
  | 'contact-changed' // nothing can be compared until the person decided about a change
  | 'malformed-scan' // not the safety code of two accounts
  | 'scan-differs' // the safety code of other accounts
  | 'scan-log-differs' // of these accounts, but with another list of devices
  // conversations
  | 'invalid-reaction' // not one emoji
  | 'invalid-timer' // not whole seconds, or more than a year
  | 'invalid-picture' // not WebP, PNG or JPEG, larger than 32 KiB, or more than 1024 pixels wide or high
  | 'unknown-message' // not in this conversation, or no more
  | 'cannot-edit' // not a text of one's own, or older than a day
  | 'cannot-delete' // a payment: what was paid stays
  | 'not-accepted' // a stranger's request: nothing is told to them before it is accepted
  // export, import and Node
  | 'malformed-export' // not a file that an export wrote
  | 'newer-export' // of a later version of the kit
  | 'damaged-export' // changed, cut short, or with something behind its end
  | 'other-account-export' // of another account than the one that is signed in
  | 'export-ended' // the export or import was closed, or took an error before
  | 'insecure-context' // this page was not loaded through TLS: the browser gives it no cryptography
  | 'damaged-database' // the file of a database was changed or lost a part: use a backup
  | 'no-web-socket' // this Node has no WebSocket: use Node 22 or later, or install `ws`
  // DID and anchor
  | 'malformed-did'
  | 'malformed-registration'; // not what the chain's identity pallet stores

/** Codes of whatever has to do with money. */
export type LedgerErrorCode =
  | 'amount-malformed' // not a plain decimal number
  | 'amount-too-precise' // more decimals than the asset has
  | 'amount-zero' // nothing to pay
  | 'amount-too-large' // more than a chain can count
  | 'unknown-asset' // not in the table of assets, or of another chain
  | 'invalid-recipient' // not an account that can be paid
  | 'insufficient-balance' // less of the asset than is to be paid
  | 'amount-below-minimum' // too little for an account that has nothing yet
  | 'insufficient-fee-balance' // too little of the chain's own coin for the fee
  | 'fee-changed' // the fee rose above what was agreed to; nothing was signed
  | 'chain-unreachable' // no connection to a node of the chain
  | 'wrong-chain' // the node's first block, or the chain of a DID, is not the one that was expected
  | 'nodes-disagree' // two nodes contradict each other, or one does not prove what it says
  | 'chain-unsupported' // the chain lacks a call, or wants something signed that is not known here
  | 'block-too-old' // the node no longer keeps what happened in this block
  | 'call-paused' // the chain takes no such transfers at the moment
  | 'account-blacklisted' // the chain takes nothing from this account
  | 'transfer-failed' // a block holds the transfer, but it was not carried out; the fee is paid
  | 'transfer-refused' // the node took nothing; see the cause
  | 'transfer-outdated' // another transaction of the account came first; nothing was paid
  | 'transfer-expired' // no block took the transfer while it was valid; nothing was paid
  | 'transfer-exists' // another transfer has this id
  | 'wallet-signed-other' // what the wallet signed is not what it was asked to sign
  | 'no-chain'; // this client was given no chain to pay on

/** An error with a code that a caller can act on. */
export class ComingError<Code extends string = ErrorCode> extends Error {
  override readonly name = 'ComingError';

  constructor(
    /** What went wrong, for programs. */
    readonly code: Code,
    /** What went wrong, for developers; never holds user data. */
    message: string,
    options?: ErrorOptions,
    /** Seconds before which trying again is in vain. */
    readonly retryAfter = 0,
  ) {
    super(message, options);
  }
}

/** The code of anything that was thrown; `internal` for what is not a {@link ComingError}. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof ComingError ? error.code : 'internal';
}
