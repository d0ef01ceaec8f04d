/**
 * Asks a site for its DID document, for no longer than a person waits and for no more than such a document holds.
 *
 * @module
 */
import { concatBytes } from '@noble/hashes/utils.js';
import { DOMAIN_DOCUMENT_LIMIT } from '../identity/did.js';

const PATIENCE_MS = 10_000;

/** As `FetchDomainDocument` says; throws when there is none, it is too long, or it takes too long. */
export async function fetchDomainDocument(domain: string): Promise<string> {
  const { ok, body } = await fetch(`https://${domain}/.well-known/did.json`, {
    redirect: 'error',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    // Holds for the body too.
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const reader = body?.getReader();
  if (!ok || !reader) throw new TypeError('the site has no such document');
  const chunks: Uint8Array[] = [];
  let left = DOMAIN_DOCUMENT_LIMIT;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    left -= read.value.length;
    if (left < 0) {
      await reader.cancel();
      throw new RangeError('the document is too long');
    }
    chunks.push(read.value);
  }
  return new TextDecoder().decode(concatBytes(...chunks));
}
