/**
 * Linking a device: the new one shows an offer, one that is there answers it.
 *
 * The offer holds the new device's public key, its name and origin, and a key for one use; the answer says which account
 * it joined, authenticated with that key, so that nobody who has not seen the offer can draw the device into an account of
 * theirs. Neither holds anything that lets somebody act for the account: what counts is the entry in its list of
 * devices. Both go from screen to screen, as a QR code or by hand; the relay carries neither.
 *
 * @module
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { base64urlnopad } from '@scure/base';
import { ComingError, type SeldomErrorCode } from '../errors.js';
import {
  isName,
  isOrigin,
  type AccountSigner,
  type Capability,
  type DeviceLog,
  type NewDevice,
} from '../identity/index.js';
import {
  accountField,
  bytesField,
  readLines,
  textField,
  timeField,
  writeLines,
  type Fields,
} from '../identity/labelled-lines.js';
import { ADDITION, headOf } from '../identity/log-text.js';
import { sameBytes } from '../identity/same-bytes.js';
import type { NewDeviceOptions } from './enrolment.js';
import { Device, ownLogRefused, verifyOwnLog } from '../messaging/index.js';
import { platformPrimitives, type KeyPair } from '../ratchet/index.js';
import type { Database } from '../store/index.js';
import type { KeyServer } from '../transport/index.js';
import type { AccountsContext } from './context.js';
import { changeOwnLog, newestOwnLog } from './own-log.js';
import type { LinkOffer, LinkRequest } from './types.js';

/** So long an offer is good, ms. */
export const OFFER_MS = 10 * 60 * 1000;

interface Offer {
  readonly name: string;
  readonly origin: string;
  readonly identityKey: Uint8Array;
  readonly relays: readonly string[];
  /** 32 bytes, for one use. */
  readonly key: Uint8Array;
  /** ms since 1970 */
  readonly expires: number;
}

interface Answer {
  readonly account: Uint8Array;
  readonly kind: 'guest' | 'wallet';
  /** Of the list with the new device. */
  readonly head: Uint8Array;
  readonly proof: Uint8Array;
}

/** What the new device keeps until it is answered. */
export interface PendingLink {
  readonly offer: LinkOffer;
  readonly identity: KeyPair;
  readonly key: Uint8Array;
}

const OFFER_FIELDS = {
  name: textField('Name', isName),
  origin: textField('Origin', isOrigin),
  identityKey: ADDITION.identityKey,
  relays: ADDITION.relays,
  key: bytesField('Key', 32),
  expires: timeField('Expires'),
};
const ANSWER_FIELDS = {
  account: accountField('Coming ID'),
  kind: textField('Kind', (kind) => kind === 'guest' || kind === 'wallet'),
  head: bytesField('Entry', 32),
  proof: bytesField('Proof', 32),
};
const OFFER = 'coming-link:';
const ANSWER = 'coming-link-answer:';
const CODE_ROUNDS = 5200;

/** What a new device shows, and keeps until it is answered. */
export async function offerLink({ name, origin, relays, now }: NewDeviceOptions): Promise<PendingLink> {
  const primitives = await platformPrimitives();
  const identity = await primitives.generateKeyPair();
  const key = primitives.randomBytes(32);
  const expires = now() + OFFER_MS;
  const offer: Offer = { name, origin, identityKey: identity.publicKey, relays, key, expires };
  const text = write(OFFER, OFFER_FIELDS, offer);
  return { offer: { name, origin, expires, code: codeOf(text), text }, identity, key };
}

/** @throws ComingError `malformed-link`, `link-expired` */
export function readLink(text: string, now: number): LinkRequest {
  const { name, origin, expires } = readOffer(text, now);
  return { name, origin, expires, code: codeOf(text.trim()) };
}

/**
 * Adds the device that made the offer. One that is there already, just as it was offered and with this access, is only
 * answered: whoever confirmed it may have closed the page before the answer was shown.
 *
 * @throws ComingError as `Identity.confirmLink`
 */
export async function confirmLink(
  context: AccountsContext,
  text: string,
  access: Capability,
  signer: AccountSigner | undefined,
): Promise<{ answer: string; log: DeviceLog }> {
  const { name, origin, identityKey, relays, key } = readOffer(text, context.now());
  if (!relays.includes(context.relay.url)) throw refused('other-relay');
  const device = { name, origin, identityKey, relays, validFrom: context.now() };
  const kind = access === 'full' ? 'add-full' : 'add';
  const newest = await newestOwnLog(context);
  const log = isThere(newest, device, access)
    ? newest
    : await changeOwnLog(context, signer, () => ({ kind, device }));
  const { account, head } = log;
  const { kind: owner } = context.device.row;
  const proof = proofOf(key, { account, kind: owner, head });
  return { answer: write(ANSWER, ANSWER_FIELDS, { account, kind: owner, head, proof }), log };
}

/**
 * Makes this the device that was added.
 *
 * @throws ComingError as `ComingClient.joinLink`; `own-log-refused` also when the relay hides the entry
 */
export async function joinLink(
  db: Database,
  now: () => number,
  keyServer: KeyServer,
  pending: PendingLink | undefined,
  text: string,
): Promise<Device> {
  if (!pending) throw refused('not-offered');
  const answer = read<Answer>(ANSWER, ANSWER_FIELDS, text);
  const { account, kind, head } = answer;
  if (!sameBytes(answer.proof, proofOf(pending.key, answer))) throw refused('malformed-link');
  const entries = await keyServer.readLog(account);
  const log = entries && (await verifyOwnLog(account, entries));
  if (!log?.entries.some((entry) => sameBytes(headOf(entry.text), head))) {
    throw ownLogRefused();
  }
  // Removed again meanwhile.
  if (!log.devices.some(({ identityKey }) => sameBytes(identityKey, pending.identity.publicKey))) {
    throw refused('link-expired');
  }
  const owner = { kind, seed: undefined, entropy: undefined, backedUp: true };
  return Device.enrol(db, await platformPrimitives(), now, { log, identity: pending.identity, ...owner });
}

function isThere({ devices }: DeviceLog, offered: NewDevice, access: Capability): boolean {
  const { identityKey, name, origin, relays } = offered;
  return devices.some(
    (device) =>
      sameBytes(device.identityKey, identityKey) &&
      device.name === name &&
      device.origin === origin &&
      device.relays.join(' ') === relays.join(' ') &&
      device.capability === access,
  );
}

function readOffer(text: string, now: number): Offer {
  const offer = read<Offer>(OFFER, OFFER_FIELDS, text);
  if (offer.expires <= now || offer.expires > now + 2 * OFFER_MS) throw refused('link-expired');
  return offer;
}

/**
 * Twelve digits that say which offer this is. Dear to compute, as safety numbers are: nobody finds another offer of the same
 * digits within its ten minutes.
 */
function codeOf(text: string): string {
  const bytes = utf8ToBytes(text);
  let hash = sha512(bytes);
  for (let round = 1; round < CODE_ROUNDS; round += 1) hash = sha512(concatBytes(hash, bytes));
  const number = new DataView(hash.buffer, hash.byteOffset).getBigUint64(0);
  return String(number % 10n ** 12n).padStart(12, '0');
}

function proofOf(key: Uint8Array, { account, head, kind }: Omit<Answer, 'proof'>): Uint8Array {
  return hmac(
    sha256,
    key,
    concatBytes(utf8ToBytes('coming-link-answer-v1'), account, head, utf8ToBytes(kind)),
  );
}

function write(prefix: string, fields: Fields, values: object): string {
  const lines = writeLines(fields, values, () => refused('malformed-link'));
  return prefix + base64urlnopad.encode(utf8ToBytes(lines.join('\n')));
}

/** Strictly: writing what was read gives the same text again. */
function read<Values extends object>(prefix: string, fields: Fields, pasted: string): Values {
  const text = pasted.trim();
  if (text.startsWith(prefix) && text.length <= 4096) {
    try {
      const lines = new TextDecoder('utf-8', { fatal: true }).decode(
        base64urlnopad.decode(text.slice(prefix.length)),
      );
      const values = readLines(fields, lines.split('\n')) as Values;
      if (write(prefix, fields, values) === text) return values;
    } catch {
      // Not of this form.
    }
  }
  throw refused('malformed-link');
}

function refused(code: SeldomErrorCode): ComingError<SeldomErrorCode> {
  return new ComingError<SeldomErrorCode>(code, 'two devices were not linked');
}
