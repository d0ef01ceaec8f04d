/**
 * The limits that both sides of a session keep (sections 5 and 6).
 *
 * @module
 */

/**
 * How many messages of a chain may be skipped at once. libsignal lifts this for a session whose two ends share an
 * identity key; here every device has its own, so there is no such session.
 */
export const MAX_FORWARD_JUMPS = 25_000;
/** How many skipped messages of a chain can still be decrypted later. */
export const MAX_SKIPPED_KEYS = 2_000;
/** How many of the other side's ratchet keys are remembered. */
export const MAX_RECEIVING_CHAINS = 5;
/** How many former sessions with a device are kept for late messages. */
export const MAX_ARCHIVED_SESSIONS = 40;
/**
 * How much they may take together, bytes; the latest is kept in any case. 40 of the usual size take 280 kB: this is for
 * what somebody means to grow, who would let the record reach 24 MB.
 */
export const MAX_ARCHIVED_BYTES = 1024 * 1024;
/** How long a session that was never answered may be sent on, ms. */
export const MAX_UNACKNOWLEDGED_AGE = 30 * 24 * 60 * 60 * 1000;
/** How many sender keys of one sender in one group are kept. */
export const MAX_SENDER_KEY_STATES = 5;
