/**
 * The public name of an account as a DID, and the document that says what keys it has.
 *
 * `did:pkh:polkadot:<first 16 bytes of the genesis hash, hex>:<Coming ID>`: a CAIP-10 account under the
 * did:pkh method. That method knows no `keyAgreement`; our document adds the keys of the devices,
 * which whoever resolves it has from a verified device log.
 *
 * @module
 */
import { concatBytes } from '@noble/hashes/utils.js';
import { ComingError, type SeldomErrorCode } from '../errors.js';
import type { SignatureScheme } from './account.js';
import { base58 } from './base58.js';
import type { DeviceLog } from './device-log.js';
import { encodeAddress, parseComingId } from './ss58.js';

export interface Did {
  /** CAIP-2 reference of the chain: 32 hexadecimal digits. */
  readonly chain: string;
  /** 32 bytes */
  readonly account: Uint8Array;
}

/** A DID document; plain JSON. */
export interface DidDocument {
  readonly '@context': readonly string[];
  readonly id: string;
  readonly alsoKnownAs?: readonly string[];
  readonly verificationMethod: readonly VerificationMethod[];
  readonly authentication: readonly string[];
  readonly assertionMethod: readonly string[];
  readonly keyAgreement: readonly string[];
  readonly service?: readonly {
    readonly id: string;
    readonly type: string;
    readonly serviceEndpoint: string;
  }[];
}

export interface VerificationMethod {
  readonly id: string;
  readonly type: string;
  readonly controller: string;
  readonly publicKeyMultibase?: string;
  /** CAIP-10; for accounts whose key the account id does not show. */
  readonly blockchainAccountId?: string;
}

/** Gets `https://<domain>/.well-known/did.json`, without following to another domain or waiting for ever. */
export type FetchDomainDocument = (domain: string) => Promise<string>;

const DID = /^did:pkh:polkadot:([0-9a-f]{32}):([1-9A-HJ-NP-Za-km-z]{48,50})$/;
/** The longest document of a domain that is read, bytes. */
export const DOMAIN_DOCUMENT_LIMIT = 65_536;

// Multicodec's varints of the kinds of keys.
const X25519 = Uint8Array.of(0xec, 0x01);
const MULTICODEC = { ed25519: Uint8Array.of(0xed, 0x01), sr25519: Uint8Array.of(0xef, 0x01) };

/** @throws ComingError `malformed-did` when the chain is no CAIP-2 reference */
export function writeDid({ chain, account }: Did): string {
  const did = `did:pkh:polkadot:${chain}:${encodeAddress(account)}`;
  if (!DID.test(did)) throw malformed();
  return did;
}

/**
 * Reads a DID, strictly: it is one only if writing what was read gives the same text again.
 *
 * @throws ComingError `malformed-did`
 */
export function parseDid(did: string): Did {
  const [, chain, comingId] = (did.length <= 128 && DID.exec(did)) || [];
  try {
    const read = { chain: chain!, account: parseComingId(comingId!) };
    if (writeDid(read) === did) return read;
  } catch {
    // No Coming ID.
  }
  throw malformed();
}

/**
 * The document of an account.
 *
 * @param log - verified; its live devices' identity keys become `keyAgreement`, and where they are reached `service`
 * @param scheme - of the account's key
 * @param domains - those that {@link provesDomain}
 */
export function didDocument(
  chain: string,
  log: DeviceLog,
  scheme: SignatureScheme,
  domains: readonly string[] = [],
): DidDocument {
  const { account, devices } = log;
  const id = writeDid({ chain, account });
  const method = (fragment: string, facts: object): VerificationMethod => ({
    id: `${id}#${fragment}`,
    type: 'Multikey',
    controller: id,
    ...facts,
  });
  const owner =
    scheme === 'ecdsa'
      ? // The account id is a hash of the key.
        method('account', {
          type: 'EcdsaSecp256k1RecoveryMethod2020',
          blockchainAccountId: id.slice('did:pkh:'.length),
        })
      : method('account', { publicKeyMultibase: multikey(MULTICODEC[scheme], account) });
  // Without Signal's type byte.
  const keys = devices.map((device) =>
    method(`device-${device.id}`, { publicKeyMultibase: multikey(X25519, device.identityKey.subarray(1)) }),
  );
  const relays = [...new Set(devices.flatMap((device) => device.relays))];
  return {
    '@context': [
      'https://www.w3.org/ns/did/v1.1',
      ...(scheme === 'ecdsa' ? ['https://w3id.org/security/suites/secp256k1recovery-2020/v2'] : []),
    ],
    id,
    ...(domains.length > 0 && { alsoKnownAs: domains.map(didOfDomain) }),
    verificationMethod: [owner, ...keys],
    authentication: [owner.id],
    assertionMethod: [owner.id],
    keyAgreement: keys.map((key) => key.id),
    ...(relays.length > 0 && {
      service: relays.map((serviceEndpoint, i) => ({
        ...{ id: `${id}#relay-${i + 1}`, type: 'ComingRelay' },
        serviceEndpoint,
      })),
    }),
  };
}

/** The did:web of a domain (host, and port unless it is the default). */
export function didOfDomain(domain: string): string {
  return `did:web:${domain.replace(':', '%3A')}`;
}

/**
 * Whether a site says that it is also known as this account: its own DID document, as it was fetched from
 * `/.well-known/did.json`, names the account's DID. False, never an error, for anything else.
 */
export function provesDomain(json: string, domain: string, did: string): boolean {
  if (json.length > DOMAIN_DOCUMENT_LIMIT) return false;
  try {
    const { id, alsoKnownAs } = JSON.parse(json) as { id?: unknown; alsoKnownAs?: unknown };
    return id === didOfDomain(domain) && Array.isArray(alsoKnownAs) && alsoKnownAs.includes(did);
  } catch {
    return false;
  }
}

/** Asks a site; false when it cannot be asked. */
export async function askDomain(fetch: FetchDomainDocument, domain: string, did: string): Promise<boolean> {
  if (!URL.canParse(`https://${domain}`) || new URL(`https://${domain}`).host !== domain) return false;
  try {
    return provesDomain(await fetch(domain), domain, did);
  } catch {
    return false;
  }
}

// Multibase's `z`: base58 of Bitcoin.
function multikey(codec: Uint8Array, key: Uint8Array): string {
  return `z${base58.encode(concatBytes(codec, key))}`;
}

function malformed(): ComingError<SeldomErrorCode> {
  return new ComingError<SeldomErrorCode>('malformed-did', 'not a DID of an account');
}
