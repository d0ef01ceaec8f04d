// Prints how fast our codec is beside protobufjs, 1 being as fast. Fails when an envelope, which is what a relay reads
// and writes all day, is below 0.7; the others are read once per message, beside a thousand times as much cryptography.
import { webcrypto } from 'node:crypto';
import { join } from 'node:path';
import { build } from 'esbuild';
import protobuf from 'protobufjs';

const root = join(import.meta.dirname, '..');
const LEAST = { 'relay.Frame': 0.7 };
const ROUNDS = 101;
const CALLS = 2_000;

const ours = await bundled(
  "export * from './proto/gen/relay.js'; export * from './proto/gen/content.js'; export * from './proto/gen/session.js'",
);
const oracle = (name) => {
  const [file] = name.split('.');
  return new protobuf.Root().loadSync(join(root, 'proto', `${file}.proto`)).lookupType(name);
};

const random = (length) => webcrypto.getRandomValues(new Uint8Array(length));
const high = (number) => Math.floor(number / 2 ** 32);
/** What each of them takes for a 64-bit number. */
const forOurs = (number) => BigInt(number);
const forOracle = (number) => ({ low: number | 0, high: high(number), unsigned: true });

/** Name of a message -> a typical one, given how it holds 64-bit numbers. */
const TYPICAL = {
  'relay.Frame': (uint64) => ({
    request: {
      id: 7,
      deliver: {
        envelopes: [
          {
            seq: uint64(1234),
            id: random(16),
            senderAccount: random(32),
            senderDevice: 3,
            type: 2,
            content: random(400),
            receivedAt: uint64(1_790_000_000),
          },
        ],
      },
    },
  }),
  'content.Content': (uint64) => ({
    id: random(16),
    sentAt: uint64(1_790_000_000_000),
    text: { text: 'Are you coming? We could meet at the station around seven.' },
  }),
  'session.Session': () => ({
    messageVersion: 4,
    localIdentity: random(33),
    remoteIdentity: random(33),
    rootKey: random(32),
    sending: { ratchetPublic: random(33), ratchetPrivate: random(32), chainKey: random(32), index: 9 },
    receiving: Array.from({ length: 5 }, () => ({
      ratchetPublic: random(33),
      chainKey: random(32),
      index: 300,
      skipped: Array.from({ length: 20 }, (_, counter) => ({ counter, seed: random(32) })),
    })),
  }),
};

let failed = false;
for (const [name, typical] of Object.entries(TYPICAL)) {
  const [file, message] = name.split('.');
  const mine = ours[file][message];
  const theirs = oracle(name);
  const bytes = mine.encode(typical(forOurs)).finish();
  const [input, other] = [typical(forOurs), typical(forOracle)];
  const calls = Math.ceil((CALLS * 500) / (bytes.length + 500));
  const ratios = {
    read: ratio(
      calls,
      () => mine.decode(bytes),
      () => theirs.decode(bytes),
    ),
    write: ratio(
      calls,
      () => mine.encode(input).finish(),
      () => theirs.encode(other).finish(),
    ),
  };
  for (const [direction, value] of Object.entries(ratios)) {
    console.log(`${name} ${direction} ${value.toFixed(2)}`);
    if (value < LEAST[name]) failed = true;
  }
}
process.exit(failed ? 1 : 0);

/** How much less time one takes than the other: the median of rounds in turns, whatever else the machine does. */
function ratio(calls, one, other) {
  const rounds = Array.from({ length: ROUNDS }, () => timeOf(calls, other) / timeOf(calls, one));
  return rounds.sort((a, b) => a - b)[ROUNDS >> 1];
}

function timeOf(calls, run) {
  const start = performance.now();
  for (let call = 0; call < calls; call += 1) run();
  return performance.now() - start;
}

async function bundled(code) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
}
