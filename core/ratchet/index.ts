/**
 * The Signal protocol, version 4: PQXDH and the Double Ratchet, sans-IO.
 *
 * @module
 */
export type { Address } from './addresses.js';
export {
  MAX_ARCHIVED_BYTES,
  MAX_ARCHIVED_SESSIONS,
  MAX_FORWARD_JUMPS,
  MAX_RECEIVING_CHAINS,
  MAX_SKIPPED_KEYS,
  MAX_UNACKNOWLEDGED_AGE,
} from './limits.js';
export { ed25519PublicKey, ed25519Sign, ed25519StrictVerify } from './ed25519.js';
export { noblePrimitives } from './noble-primitives.js';
export { platformPrimitives } from './platform-primitives.js';
export type { LocalIdentity, NamedPreKeys, PreKeyBundle, PublicPreKey, SignedPublicPreKey } from './pqxdh.js';
export type { Encapsulation, KeyPair, Primitives } from './primitives.js';
export { compareScannable, safetyNumber, scannableFingerprint, type Party } from './safety-number.js';
export {
  decryptMessage,
  decryptPreKeyMessage,
  encryptMessage,
  hasOpenSession,
  initiateSession,
  PRE_KEY_MESSAGE,
  readPreKeyMessage,
  remoteIdentityOf,
  sendingKeyOf,
  SIGNAL_MESSAGE,
  type CiphertextMessage,
  type PreKeyMessageHeader,
} from './sessions.js';
