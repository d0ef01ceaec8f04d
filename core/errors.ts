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
  | 'device-log-forked' // a device log does not continue the one that was seen before
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
  | 'own-account' // a conversation needs somebody else
  | 'malformed-content' // decrypted, but not a Content
  // client, storage and transport
  | 'not-ready' // an identity is needed first
  | 'already-signed-in'
  | 'closed'
  | 'relay-unreachable'
  | 'relay-refused'
  | 'storage-unavailable'
  | 'storage-full'
  | 'not-owner' // another tab or window owns this profile's sessions
  | 'newer-database' // written by a later version of the kit
  | 'rate-limited'
  | 'internal';

/** An error with a code that a caller can act on. */
export class ComingError extends Error {
  override readonly name = 'ComingError';

  constructor(
    /** What went wrong, for programs. */
    readonly code: ErrorCode,
    /** What went wrong, for developers; never holds user data. */
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The code of anything that was thrown; `internal` for what is not a {@link ComingError}. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof ComingError ? error.code : 'internal';
}
