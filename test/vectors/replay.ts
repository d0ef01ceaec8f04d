/**
 * Replays a file of the shared test vectors (docs of the format: appendix B of the wire-format notes) against the
 * ratchet, one check per step or entry.
 *
 * @module
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { codeOf } from '../../core/errors.js';
import {
  compareScannable,
  decryptMessage,
  decryptPreKeyMessage,
  noblePrimitives,
  platformPrimitives,
  PRE_KEY_MESSAGE,
  readPreKeyMessage,
  safetyNumber,
  scannableFingerprint,
  type Address,
  type KeyPair,
  type LocalIdentity,
  type NamedPreKeys,
  type Primitives,
} from '../../core/ratchet/index.js';
import { isTrusted, openSealed, splitSealed } from '../../core/ratchet/sealed-sender/index.js';
import { writeContent } from '../../core/ratchet/sealed-sender/content.js';
import { decryptFromGroup, distributionIdOf, receiveSenderKey } from '../../core/ratchet/sender-keys/index.js';
import { parseDistribution } from '../../core/ratchet/sender-keys/messages.js';
import { importRecord } from './records.js';

/** What came of one part of the file. */
export interface PartResult {
  readonly part: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

type Entry = Record<string, unknown>;

/** How an entry of a part is checked: whether each of its steps came out as it says, or the entry as a whole. */
type Check<T extends Entry> = (p: Primitives, entry: T) => Promise<boolean | boolean[]>;

interface Step {
  readonly type: number;
  readonly ciphertext: string;
  readonly expect: 'ok' | 'duplicate' | 'error';
  readonly plaintext?: string;
}

interface PreKey {
  readonly id: number;
  readonly publicKey: string;
  readonly privateKey: string;
}

/** The keys of a receiver. */
interface Bob {
  readonly address: Address;
  readonly registrationId: number;
  readonly identity: { readonly privateKey: string; readonly publicKey: string };
  readonly signedPreKey: PreKey;
  readonly kyberPreKey: { readonly id: number; readonly publicKey: string; readonly secretKey: string };
  readonly oneTimePreKey: PreKey | null;
}

interface Receive extends Entry {
  readonly bob: Bob;
  readonly alice: { readonly address: Address };
  readonly steps: readonly Step[];
}

interface Resume extends Entry {
  readonly me: {
    readonly address: Address;
    readonly identityPrivate: string;
    readonly identityPublic: string;
    readonly registrationId: number;
  };
  readonly peer: { readonly address: Address };
  readonly record: string;
  readonly steps: readonly Step[];
}

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

interface SenderKeys extends Entry {
  readonly distributionId: string;
  readonly distributionMessage: string;
  readonly iteration: number;
  readonly chainId: number;
  readonly chainKey: string;
  readonly steps: readonly Omit<Step, 'type'>[];
}

interface SealedSender extends Entry {
  readonly version: 1 | 2;
  readonly trustRoot: string;
  readonly bob: Bob;
  readonly validAt: number;
  readonly expiredAt: number;
  readonly expected: {
    readonly senderUuid: string;
    readonly senderE164: string | null;
    readonly senderDevice: number;
    readonly senderIdentity: string;
    readonly contentHint: number;
    readonly groupId: string;
    readonly msgType: number;
    readonly contents: string;
    readonly usmc: string;
    readonly plaintext: string;
  };
  readonly received: string;
  /** Version 2: what was sent, for the server to split. */
  readonly sentMessage?: string;
}

const PARTS: Record<string, Check<never>> = {
  xeddsa: checkXeddsa,
  agreement: checkAgreement,
  fingerprints: checkFingerprints,
  receive: checkReceive,
  resume: checkResume,
  senderKeys: checkSenderKeys,
  sealedSender: checkSealedSender,
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
  const result = { part, passed: 0, failed: 0, skipped: 0 };
  for (const entry of entries) {
    const steps = Array.isArray(entry['steps']) ? entry['steps'].length : 1;
    const runs = await Promise.all(
      [noblePrimitives(), await platformPrimitives()].map(async (p) => {
        const outcome = await check(p, entry).catch(() => false);
        return Array.isArray(outcome) ? outcome : new Array<boolean>(steps).fill(outcome);
      }),
    );
    for (let step = 0; step < steps; step++) {
      if (runs.every((outcomes) => outcomes[step])) result.passed += 1;
      else result.failed += 1;
    }
  }
  return result;
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

const pair = (publicKey: string, privateKey: string): KeyPair => ({
  publicKey: hexToBytes(publicKey),
  privateKey: hexToBytes(privateKey),
});

/** The pre-keys of the vector's receiver that a message names, as far as there are. */
function keysFor(bob: Bob, message: Uint8Array): NamedPreKeys | undefined {
  const named = readPreKeyMessage(message);
  const { signedPreKey: signed, kyberPreKey: kyber, oneTimePreKey: oneTime } = bob;
  if (named.signedPreKeyId !== signed.id || named.kyberPreKeyId !== kyber.id) return undefined;
  return {
    signedPreKey: pair(signed.publicKey, signed.privateKey),
    kyberPreKey: pair(kyber.publicKey, kyber.secretKey),
    ...(oneTime?.id === named.oneTimePreKeyId &&
      oneTime && { oneTimePreKey: pair(oneTime.publicKey, oneTime.privateKey) }),
  };
}

async function checkReceive(p: Primitives, entry: Receive): Promise<boolean[]> {
  const { address, registrationId, identity } = entry.bob;
  const local = { address, registrationId, keyPair: pair(identity.publicKey, identity.privateKey) };
  return checkSteps(p, entry.steps, local, entry.alice.address, undefined, (bytes) => keysFor(entry.bob, bytes));
}

async function checkResume(p: Primitives, { me, peer, record, steps }: Resume): Promise<boolean[]> {
  const { address, registrationId } = me;
  const local = { address, registrationId, keyPair: pair(me.identityPublic, me.identityPrivate) };
  return checkSteps(p, steps, local, peer.address, importRecord(hexToBytes(record)), () => undefined);
}

async function checkSenderKeys(p: Primitives, entry: SenderKeys): Promise<boolean[]> {
  const distribution = hexToBytes(entry.distributionMessage);
  const { chainId, iteration, chainKey } = parseDistribution(distribution);
  const distributionId = hexToBytes(entry.distributionId.replaceAll('-', ''));
  const isRead =
    chainId === entry.chainId &&
    iteration === entry.iteration &&
    same(chainKey, hexToBytes(entry.chainKey)) &&
    same(distributionIdOf(distribution, 'distribution'), distributionId);
  let record = receiveSenderKey(undefined, distribution);
  const outcomes: boolean[] = [];
  for (const { ciphertext, expect, plaintext } of entry.steps) {
    const before = record.slice();
    try {
      const received = await decryptFromGroup(p, record, hexToBytes(ciphertext));
      outcomes.push(isRead && expect === 'ok' && same(received.plaintext, hexToBytes(plaintext!)));
      ({ record } = received);
    } catch (error) {
      const found = codeOf(error) === 'duplicate-message' ? 'duplicate' : 'error';
      outcomes.push(found === expect && same(before, record));
    }
  }
  return outcomes;
}

async function checkSealedSender(p: Primitives, entry: SealedSender): Promise<boolean> {
  const { bob, expected, trustRoot, validAt, expiredAt, sentMessage } = entry;
  const keyPair = pair(bob.identity.publicKey, bob.identity.privateKey);
  const bytes = hexToBytes(entry.received);
  const split = sentMessage === undefined ? [] : splitSealed(hexToBytes(sentMessage));
  const isSplit = sentMessage === undefined || split.some(({ received }) => received && same(received, bytes));
  const content = await openSealed(p, keyPair, bytes);
  const { sender } = content;
  const trust = { roots: [hexToBytes(trustRoot)] };
  const local = { address: bob.address, registrationId: bob.registrationId, keyPair };
  const from = { name: sender.senderUuid, deviceId: sender.senderDevice };
  const { contents } = content;
  const opened = await decryptPreKeyMessage(p, undefined, local, from, contents, keysFor(bob, contents));
  return (
    isSplit &&
    same(writeContent(content), hexToBytes(expected.usmc)) &&
    same(contents, hexToBytes(expected.contents)) &&
    content.type === expected.msgType &&
    content.contentHint === ['default', 'resendable', 'implicit'][expected.contentHint] &&
    same(content.groupId ?? new Uint8Array(), hexToBytes(expected.groupId)) &&
    sender.senderUuid === expected.senderUuid &&
    sender.senderE164 === (expected.senderE164 ?? undefined) &&
    sender.senderDevice === expected.senderDevice &&
    same(sender.identityKey, hexToBytes(expected.senderIdentity)) &&
    (await isTrusted(p, sender, trust, validAt)) &&
    !(await isTrusted(p, sender, trust, expiredAt)) &&
    same(opened.plaintext, hexToBytes(expected.plaintext))
  );
}

/** Decrypts one message after the other; what is refused must change nothing. */
async function checkSteps(
  p: Primitives,
  steps: readonly Step[],
  local: LocalIdentity,
  remote: Address,
  record: Uint8Array | undefined,
  keys: (bytes: Uint8Array) => NamedPreKeys | undefined,
): Promise<boolean[]> {
  const outcomes: boolean[] = [];
  for (const { type, ciphertext, expect, plaintext } of steps) {
    const bytes = hexToBytes(ciphertext);
    const before = record?.slice();
    try {
      const received =
        type === PRE_KEY_MESSAGE
          ? await decryptPreKeyMessage(p, record, local, remote, bytes, keys(bytes))
          : await decryptMessage(p, record, local, remote, bytes);
      outcomes.push(expect === 'ok' && same(received.plaintext, hexToBytes(plaintext!)));
      record = received.record;
    } catch (error) {
      const found = codeOf(error) === 'duplicate-message' ? 'duplicate' : 'error';
      outcomes.push(found === expect && same(before ?? new Uint8Array(), record ?? new Uint8Array()));
    }
  }
  return outcomes;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
