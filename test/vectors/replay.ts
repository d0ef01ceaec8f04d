/**
 * Replays a file of the shared test vectors (docs of the format: appendix B of the wire-format notes) against the
 * ratchet, one check per step or entry.
 *
 * @module
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { x25519 } from '@noble/curves/ed25519.js';
import {
  compareScannable,
  noblePrimitives,
  platformPrimitives,
  safetyNumber,
  scannableFingerprint,
  type Primitives,
} from '../../core/ratchet/index.js';

/** What came of one part of the file. */
export interface PartResult {
  readonly part: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

type Entry = Record<string, unknown>;

/** How the entries of a part are checked; undefined for a part that the kit does not implement yet. */
type Check<T extends Entry> = ((p: Primitives, entry: T) => Promise<boolean>) | undefined;

interface Xeddsa extends Entry {
  readonly privateKey: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
  readonly valid: boolean;
}

interface Agreement extends Entry {
  readonly privateKey: string;
  readonly publicKey: string;
  readonly shared: string;
}

interface Fingerprints extends Entry {
  readonly version: number;
  readonly iterations: number;
  readonly localIdentifier: string;
  readonly localKey: string;
  readonly remoteIdentifier: string;
  readonly remoteKey: string;
  readonly displayable: string;
  readonly scannable: string;
}

const PARTS: Record<string, Check<never>> = {
  xeddsa: checkXeddsa,
  agreement: checkAgreement,
  fingerprints: checkFingerprints,
  receive: undefined,
  resume: undefined,
  senderKeys: undefined,
  sealedSender: undefined,
};

/**
 * Replays every part of a parsed vector file.
 *
 * @throws TypeError when it is no object of lists
 */
export async function replay(file: unknown): Promise<PartResult[]> {
  if (typeof file !== 'object' || file === null || Array.isArray(file)) throw new TypeError('not a vector file');
  const results = [];
  for (const [part, check] of Object.entries(PARTS)) {
    const entries = (file as Record<string, unknown>)[part] ?? [];
    if (!Array.isArray(entries)) throw new TypeError(`${part} is not a list`);
    results.push(await replayPart(part, check as Check<Entry>, entries as Entry[]));
  }
  return results;
}

async function replayPart(part: string, check: Check<Entry>, entries: Entry[]): Promise<PartResult> {
  if (check === undefined) {
    const skipped = entries.reduce((sum, { steps }) => sum + (Array.isArray(steps) ? steps.length : 1), 0);
    return { part, passed: 0, failed: 0, skipped };
  }
  let passed = 0;
  for (const entry of entries) {
    const results = await Promise.all(
      [noblePrimitives(), await platformPrimitives()].map((p) => check(p, entry).catch(() => false)),
    );
    if (results.every(Boolean)) passed += 1;
  }
  return { part, passed, failed: entries.length - passed, skipped: 0 };
}

async function checkXeddsa(p: Primitives, entry: Xeddsa): Promise<boolean> {
  const privateKey = hexToBytes(entry.privateKey);
  const publicKey = hexToBytes(entry.publicKey);
  const message = hexToBytes(entry.message);
  const own = await p.sign(privateKey, message);
  return (
    (await p.verify(publicKey, message, own)) &&
    (await p.verify(publicKey, message, hexToBytes(entry.signature))) === entry.valid
  );
}

async function checkAgreement(p: Primitives, entry: Agreement): Promise<boolean> {
  const privateKey = hexToBytes(entry.privateKey);
  const own = { publicKey: Uint8Array.of(0x05, ...x25519.getPublicKey(privateKey)), privateKey };
  return same(await p.agree(own, hexToBytes(entry.publicKey)), hexToBytes(entry.shared));
}

async function checkFingerprints(_p: Primitives, entry: Fingerprints): Promise<boolean> {
  const { version, iterations } = entry;
  const local = {
    identifier: hexToBytes(entry.localIdentifier),
    identityKey: hexToBytes(entry.localKey),
  };
  const remote = {
    identifier: hexToBytes(entry.remoteIdentifier),
    identityKey: hexToBytes(entry.remoteKey),
  };
  const scannable = scannableFingerprint(local, remote, version, iterations);
  const theirs = scannableFingerprint(remote, local, version, iterations);
  return (
    safetyNumber(local, remote, iterations) === entry.displayable &&
    same(scannable, hexToBytes(entry.scannable)) &&
    compareScannable(scannable, theirs) === 'equal'
  );
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
