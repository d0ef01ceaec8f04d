/**
 * Sealed sender: who wrote a message stands inside it, where the server that passes it on cannot read (section 9).
 *
 * It wraps a message that a session or a sender key encrypted; what it opens is decrypted there.
 *
 * @module
 */
import { ComingError } from '../../errors.js';
import type { LocalIdentity } from '../pqxdh.js';
import type { KeyPair, Primitives } from '../primitives.js';
import { isTrusted, type Trust } from './certificates.js';
import { writeContent, type ReceivedContent, type SealedContent } from './content.js';
import * as multi from './multi.js';
import { openSingle, sealSingle } from './single.js';

export { isTrusted, parseSenderCertificate } from './certificates.js';
export type { SenderCertificate, ServerCertificate, Trust } from './certificates.js';
export type { ContentHint, ReceivedContent, SealedContent } from './content.js';
export { splitSealed } from './multi.js';
export type { Recipient, SplitMessage } from './multi.js';

/**
 * Seals a content for one device (version 1).
 *
 * @throws ComingError `invalid-key`, `malformed-message` for a type that there is none of
 */
export function seal(
  p: Primitives,
  identity: KeyPair,
  recipientIdentity: Uint8Array,
  content: SealedContent,
): Promise<Uint8Array> {
  return sealSingle(p, identity, recipientIdentity, writeContent(content));
}

/**
 * Seals a content for many devices at once (version 2); {@link splitSealed} makes of it what each receives.
 *
 * @param excluded ServiceIds of members that get no copy, for the server to know
 * @throws ComingError `invalid-key`, `malformed-message`
 */
export function sealForMany(
  p: Primitives,
  identity: KeyPair,
  recipients: readonly multi.Recipient[],
  content: SealedContent,
  excluded?: readonly string[],
): Promise<Uint8Array> {
  return multi.sealForMany(p, identity, recipients, writeContent(content), excluded);
}

/**
 * Opens a sealed message of either version. Who sent it is known, but not yet whether to believe the certificate.
 *
 * @throws ComingError `malformed-message`, `invalid-key`, `decryption-failed`
 */
export async function openSealed(
  p: Primitives,
  identity: KeyPair,
  bytes: Uint8Array,
): Promise<ReceivedContent> {
  const body = bytes.subarray(1);
  switch (bytes[0] === undefined ? undefined : bytes[0] >> 4) {
    case 0: // what libsignal takes for version 1 as well
    case 1:
      return openSingle(p, identity, body);
    case 2:
      return multi.openMulti(p, identity, body);
    default:
      throw new ComingError('malformed-message', 'sealed in another version');
  }
}

/**
 * Opens a sealed message and checks its certificate.
 *
 * @param now ms since 1970
 * @throws ComingError `malformed-message`, `invalid-key`, `decryption-failed`; `identity-mismatch` when nobody who is
 *   trusted vouches for the sender, or when it is this very device
 */
export async function openTrusted(
  p: Primitives,
  local: LocalIdentity,
  bytes: Uint8Array,
  trust: Trust,
  now: number,
): Promise<ReceivedContent> {
  const content = await openSealed(p, local.keyPair, bytes);
  const { sender } = content;
  const { name, deviceId } = local.address;
  const isSelf = sender.senderUuid === name.toLowerCase() && sender.senderDevice === deviceId;
  if (isSelf || !(await isTrusted(p, sender, trust, now))) {
    throw new ComingError('identity-mismatch', 'the sender of a sealed message is not to be believed');
  }
  return content;
}
