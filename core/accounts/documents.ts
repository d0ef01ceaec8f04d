/**
 * DID documents: of one's own account, and of any other of the same chain, whose device log is asked for anew and held
 * against what is known here and against the chain before anything is said of its keys.
 *
 * @module
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { ComingError, type ErrorCode } from '../errors.js';
import { contactStatus } from '../identity/anchor.js';
import { askDomain, didDocument, parseDid, writeDid, type DidDocument } from '../identity/did.js';
import type { DeviceLog } from '../identity/index.js';
import type { AccountHex } from '../store/index.js';
import { anchorThatCounts, readAnchorOf } from './anchoring.js';
import type { AccountsContext } from './context.js';
import { fetchDomainDocument } from './domain-document.js';

/** @throws ComingError as `ComingClient.resolveDid` */
export async function resolveDid(context: AccountsContext, did: string): Promise<DidDocument> {
  const { chain, account } = parseDid(did);
  if (chain !== chainOf(context)) throw new ComingError('wrong-chain', 'an account of another chain');
  const { device } = context;
  const hex = bytesToHex(account);
  return hex === device.row.account ? ownDocument(context) : documentOf(context, hex);
}

/** @throws ComingError `no-chain` */
export async function ownDocument(context: AccountsContext): Promise<DidDocument> {
  const chain = chainOf(context);
  const { device } = context;
  return written(chain, await device.log(), device.row.domains);
}

/** Of somebody else. @throws ComingError as `Contact.did` */
export async function documentOf(context: AccountsContext, account: AccountHex): Promise<DidDocument> {
  const chain = chainOf(context);
  const { db, messaging } = context;
  const log = await messaging.directory.refresh(account);
  const person = (await db.get('people', account))!;
  if (person.changed) throw undecided(person.changed);
  const anchor = await context
    .chain()
    .then((ledger) => readAnchorOf(ledger, hexToBytes(account)))
    .catch(() => undefined); // a chain that cannot be reached stands in no way
  const { status } = contactStatus({ log, anchor: anchorThatCounts(person, anchor) });
  if (status === 'changed') throw undecided('device-log-stepped-back');
  return written(chain, log, person.domains);
}

/**
 * Asks a domain whether it is an account's. @returns what it proves of now, given what it did before
 *
 * @throws ComingError `no-chain`
 */
export async function domainsWith(
  context: AccountsContext,
  account: AccountHex,
  domain: string,
  before: readonly string[] = [],
): Promise<readonly string[]> {
  const did = writeDid({ chain: chainOf(context), account: hexToBytes(account) });
  const others = before.filter((other) => other !== domain);
  return (await askDomain(fetchDomainDocument, domain, did)) ? [...others, domain] : others;
}

function undecided(code: ErrorCode): ComingError {
  return new ComingError(code, 'the list of devices is not what it was: the person has to decide');
}

function written(chain: string, log: DeviceLog, domains: readonly string[] | undefined): DidDocument {
  return didDocument(chain, log, log.entries.at(-1)!.scheme, domains);
}

/** The reference of its CAIP-2 name. */
function chainOf({ chainName }: AccountsContext): string {
  if (!chainName) throw new ComingError('no-chain', 'a DID names a chain');
  return chainName.slice('polkadot:'.length);
}
