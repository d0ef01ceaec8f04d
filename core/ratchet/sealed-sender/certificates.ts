/**
 * Who a sealed message is from, as a server vouches for it: root signs server, server signs sender (section 9).
 *
 * @module
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { ComingError } from '../../errors.js';
import { parsePublicKey } from '../keys.js';
import type { Primitives } from '../primitives.js';
import { BYTES, FIXED64, readFields, VARINT } from '../wire-fields.js';

const SIGNED = { 1: BYTES, 2: BYTES } as const;
const SERVER = { 1: VARINT, 2: BYTES } as const;
const SENDER = {
  1: BYTES,
  2: VARINT,
  3: FIXED64,
  4: BYTES,
  5: BYTES,
  6: BYTES,
  7: BYTES,
  8: VARINT,
} as const;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Bytes and a signature over them. */
interface Signed {
  readonly certificate: Uint8Array;
  readonly signature: Uint8Array;
}

export interface ServerCertificate extends Signed {
  readonly id: number;
  /** 33 bytes. */
  readonly key: Uint8Array;
}

export interface SenderCertificate extends Signed {
  /** A UUID as text. */
  readonly senderUuid: string;
  readonly senderE164: string | undefined;
  readonly senderDevice: number;
  /** ms since 1970; valid up to and in this one. */
  readonly expires: number;
  /** 33 bytes. */
  readonly identityKey: Uint8Array;
  /** The server's certificate, or the id of one that is known to all. */
  readonly signer: ServerCertificate | number;
}

/** Whose certificates are believed. */
export interface Trust {
  /** Root keys, 33 bytes each. */
  readonly roots: readonly Uint8Array[];
  /** Serialized server certificates that a sender's may name by id alone. */
  readonly servers?: readonly Uint8Array[];
}

function malformed(): never {
  throw new ComingError('malformed-message', 'not a certificate');
}

function signed(bytes: Uint8Array): Signed {
  const { 1: certificate, 2: signature } = readFields(bytes, SIGNED);
  return { certificate: certificate ?? malformed(), signature: signature ?? malformed() };
}

/** @throws ComingError `malformed-message`, `invalid-key` */
export function parseServerCertificate(bytes: Uint8Array): ServerCertificate {
  const outer = signed(bytes);
  const { 1: id, 2: key } = readFields(outer.certificate, SERVER);
  return { ...outer, id: id ?? malformed(), key: parsePublicKey(key ?? malformed()) };
}

/** @throws ComingError `malformed-message`, `invalid-key` */
export function parseSenderCertificate(bytes: Uint8Array): SenderCertificate {
  const outer = signed(bytes);
  const fields = readFields(outer.certificate, SENDER);
  const { 1: e164, 2: device, 3: expires, 4: key, 5: server, 8: serverId } = fields;
  return {
    ...outer,
    senderUuid: uuid(fields[6], fields[7]),
    senderE164: e164 && text(e164),
    senderDevice: device ?? malformed(),
    expires: Number(expires ?? malformed()),
    identityKey: parsePublicKey(key ?? malformed()),
    signer: server ? parseServerCertificate(server) : (serverId ?? malformed()),
  };
}

function uuid(asText: Uint8Array | undefined, asBytes: Uint8Array | undefined): string {
  if (asText) {
    const found = text(asText);
    return UUID.test(found) ? found.toLowerCase() : malformed();
  }
  if (asBytes?.length !== 16) return malformed();
  const hex = asBytes.reduce((sum, byte) => sum + byte.toString(16).padStart(2, '0'), '');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** The bytes of a UUID. @throws ComingError `malformed-message` */
export function uuidBytes(name: string): Uint8Array {
  return UUID.test(name) ? hexToBytes(name.replaceAll('-', '')) : malformed();
}

function text(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return malformed();
  }
}

/**
 * Whether a sender's certificate is good now.
 *
 * @param now ms since 1970
 */
export async function isTrusted(
  p: Primitives,
  sender: SenderCertificate,
  { roots, servers = [] }: Trust,
  now: number,
): Promise<boolean> {
  const { signer } = sender;
  const server =
    typeof signer === 'number' ? servers.map(parseServerCertificate).find(({ id }) => id === signer) : signer;
  if (!server || now > sender.expires) return false;
  const byRoot = await Promise.all(roots.map((root) => p.verify(root, server.certificate, server.signature)));
  return byRoot.includes(true) && (await p.verify(server.key, sender.certificate, sender.signature));
}
