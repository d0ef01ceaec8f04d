/**
 * Whatever anybody sends: it is answered once, or closes its own socket, and changes nothing for others.
 *
 * Some 100,000 frames in all; more with COMING_FUZZ, which multiplies them.
 */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { relay } from '../../proto/gen/relay.js';
import { Grants } from '../src/blobs/grants.js';
import { readFrame } from '../src/frames.js';
import { LIMITS } from '../src/limits.js';
import * as rules from '../src/rules.js';
import { randomOf } from '../../test/support/mailbox-model.js';
import { Device, Status } from './device.js';
import { running } from './running.js';

const TIMES = Number(process.env['COMING_FUZZ'] ?? 1);
const times = (runs: number) => ({ numRuns: runs * TIMES });

const bytes = (length: number) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.uint8Array({ minLength: length, maxLength: length }) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 70 }) },
  );
const uint64 = fc.oneof(fc.bigInt({ min: 0n, max: 20n }), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }));
const uint32 = fc.oneof(fc.integer({ min: 0, max: 130 }), fc.integer({ min: 0, max: 0xffffffff }));
const preKey = (length: number) => fc.record({ id: uint32, publicKey: bytes(length), signature: bytes(64) });

/** Requests that look right but for what is in them. */
const verbs = (account: Uint8Array, head: Uint8Array): fc.Arbitrary<relay.Request.$Properties> => {
  const anAccount = fc.oneof(fc.constant(account), bytes(32));
  const outgoing = fc.record({ id: bytes(16), deviceId: uint32, type: uint32, content: bytes(20) });
  const entry = fc.record({ text: fc.string(), scheme: uint32, signature: bytes(64) });
  return fc.oneof(
    fc.record({ readLog: fc.record({ account: anAccount }) }),
    fc.record({ appendLog: fc.record({ account: anAccount, previous: bytes(32), entry }) }),
    fc.record({
      authenticate: fc.record({
        ...{ account: anAccount, deviceId: uint32, clientNonce: bytes(32), time: uint64 },
        ...{ signature: bytes(64), domain: fc.string() },
      }),
    }),
    fc.record({
      publishKeys: fc.record({
        ...{ signedPreKey: preKey(33), lastResortKyberKey: preKey(1569), registrationId: uint32 },
        ...{ oneTimeKeys: fc.array(preKey(33), { maxLength: 3 }) },
      }),
    }),
    fc.record({ countKeys: fc.constant({}) }),
    fc.record({
      claimKeys: fc.record({ account: anAccount, deviceIds: fc.array(uint32, { maxLength: 4 }) }),
    }),
    fc.record({
      send: fc.record({
        account: anAccount,
        logHead: fc.oneof(fc.constant(head), bytes(32)),
        envelopes: fc.array(outgoing, { maxLength: 3 }),
        delivery: uint32,
      }),
    }),
    fc.record({ acknowledge: fc.record({ seqs: fc.array(uint64, { maxLength: 5 }), upTo: uint64 }) }),
    fc.record({ grantBlob: fc.record({ hash: bytes(32), size: uint64 }) }),
    fc.record({ ping: fc.constant({}) }),
    fc.record({ deliver: fc.constant({}) }),
  );
};

const encoded = verbs(new Uint8Array(32), new Uint8Array(32)).map((verb) =>
  relay.Frame.encode({ request: { ...verb, id: 1 } }).finish(),
);

/** A frame with some of its bytes changed, dropped or doubled. */
function mutated(frame: Uint8Array, random: () => number): Uint8Array {
  let result = frame;
  for (let left = Math.floor(random() * 5); left > 0; left -= 1) {
    const at = Math.floor(random() * (result.length + 1));
    const kind = Math.floor(random() * 3);
    const middle = [[Math.floor(random() * 256)], [], [...result.subarray(at, at + 8)]][kind]!;
    result = Uint8Array.from([
      ...result.subarray(0, at),
      ...middle,
      ...result.subarray(at + (kind === 2 ? 0 : 1)),
    ]);
  }
  return result;
}

/** Making a frame takes much longer than bending it. */
const BENT = 30;

test(
  'no bytes whatever make the reader of frames or the rules throw anything but Malformed',
  () => {
    const noise = fc.uint8Array({ maxLength: 200 });
    const frames = fc.oneof({ weight: 4, arbitrary: encoded }, { weight: 1, arbitrary: noise });
    fc.assert(
      fc.property(frames, fc.integer(), (frame, seed) => {
        const random = randomOf(seed);
        return Array.from({ length: BENT }, () => mutated(frame, random)).every(isReadOrRefused);
      }),
      times(90_000 / BENT),
    );
  },
  60_000 * TIMES,
);

function isReadOrRefused(frame: Uint8Array): boolean {
  const request = readFrame(frame);
  if (typeof request !== 'object') return true;
  const checks = [
    () => request.appendLog && rules.logEntry(request.appendLog.entry),
    () => request.authenticate && rules.logIn(request.authenticate),
    () => request.publishKeys && rules.publishedKeys(request.publishKeys, LIMITS),
    () => request.claimKeys && rules.deviceIds(request.claimKeys.deviceIds),
    () => request.send && rules.envelopes(request.send.envelopes, LIMITS),
    () => request.send && rules.deliveryClass(request.send.delivery),
    () => request.acknowledge && rules.acknowledgement(request.acknowledge, LIMITS),
    () => request.grantBlob && rules.blob(request.grantBlob, LIMITS),
  ];
  return checks.every(isCheckedOrMalformed);
}

test(
  'every request of a device, right or wrong, gets one answer, and others go on',
  async () => {
    const { url } = await running();
    const [alice, mallory] = [await Device.online(url), await Device.online(url)];
    const known = new Set<number>(Object.values(Status));
    await fc.assert(
      fc.asyncProperty(
        fc.array(verbs(alice.account, alice.log.head), { minLength: 50, maxLength: 50 }),
        async (batch) => {
          const answers = await Promise.all(batch.map((verb) => mallory.wire.ask(verb)));
          // Nothing of this is the relay's fault.
          return answers.every(({ status }) => known.has(status ?? 0) && status !== Status.UNAVAILABLE);
        },
      ),
      times(200),
    );
    expect(await mallory.send(alice, 'still here')).toBe('OK');
    expect(await alice.wire.status({ ping: {} })).toBe('OK');
  },
  60_000 * TIMES,
);

test(
  'no text whatever is a grant but those that were given',
  () => {
    const grants = new Grants(randomBytes(32));
    const good = grants.write({ hash: 'ab'.repeat(32), size: 4096, expires: 2_000 });
    expect(grants.read(good, 2_000)).toMatchObject({ size: 4096 });
    expect(grants.read(good, 2_001)).toBeUndefined();
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
        const text = good.slice(0, at) + character + good.slice(at + 1);
        return text === good || grants.read(text, 0) === undefined;
      }),
      times(2_000),
    );
  },
  20_000 * TIMES,
);

function isCheckedOrMalformed(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch (error) {
    return error instanceof rules.Malformed;
  }
}
