/**
 * Reads the session records that libsignal stores (appendix A of the wire-format notes), for vectors that resume a
 * conversation. A test helper: the kit has no use for such records.
 *
 * @module
 */
import { concatBytes } from '@noble/hashes/utils.js';
import protobuf from 'protobufjs';
import type { Session } from '../../core/ratchet/record.js';
import { writeRecord } from '../../core/ratchet/record.js';
import type { EpochKeys } from '../../core/ratchet/spqr/key-chain.js';
import type { Machine } from '../../core/ratchet/spqr/machine.js';
import { startKeyChain } from '../../core/ratchet/spqr/key-chain.js';
import { interpolate } from '../../core/ratchet/spqr/erasure-field.js';

const { root } = protobuf.parse(`
  syntax = "proto2";
  message RecordStructure { optional bytes current = 1; repeated bytes previous = 2; }
  message SessionStructure {
    optional uint32 version = 1; optional bytes local = 2; optional bytes remote = 3; optional bytes root = 4;
    optional uint32 previousCounter = 5; optional Chain sender = 6; repeated Chain receivers = 7;
    optional PendingPreKey pending = 9; optional uint32 remoteRegistrationId = 10;
    optional uint32 localRegistrationId = 11; optional bytes baseKey = 13; optional PendingKyber pendingKyber = 14;
    optional bytes pq = 15;
  }
  message Chain { optional bytes public = 1; optional bytes private = 2; optional ChainKey key = 3; repeated Seed seeds = 4; }
  message ChainKey { optional uint32 index = 1; optional bytes key = 2; }
  message Seed { optional uint32 index = 1; optional bytes seed = 5; }
  message PendingPreKey { optional uint32 preKeyId = 1; optional bytes baseKey = 2; optional int32 signedId = 3; optional uint64 seconds = 4; }
  message PendingKyber { optional uint32 id = 1; optional bytes ciphertext = 2; }
  message PqState { optional Negotiation negotiation = 1; optional PqChain chain = 2; optional V1 v1 = 3; }
  message Negotiation { optional bytes authKey = 1; optional int32 direction = 2; }
  message PqChain {
    optional int32 direction = 1; optional uint64 currentEpoch = 2; repeated Link links = 3; optional bytes nextRoot = 4;
    optional uint64 sendEpoch = 5;
  }
  message Link { optional Half send = 1; optional Half recv = 2; }
  message Half { optional uint32 ctr = 1; optional bytes next = 2; optional bytes packed = 3; }
  message V1 {
    oneof state {
      State s1 = 1; State s2 = 2; State s3 = 3; State s4 = 4; State s5 = 5; State s6 = 6; State s7 = 7; State s8 = 8;
      State s9 = 9; State s10 = 10; State s11 = 11;
    }
  }
  message State { optional Core core = 1; optional bytes second = 2; optional bytes third = 3; }
  message Core { optional uint64 epoch = 1; optional Auth auth = 2; optional bytes third = 3; optional bytes fourth = 4; optional bytes fifth = 5; }
  message Auth { optional bytes root = 1; optional bytes mac = 2; }
  message Encoder { optional uint32 index = 1; repeated bytes points = 2; repeated bytes coefficients = 3; }
  message Decoder { optional uint32 total = 1; optional uint32 lanes = 2; repeated bytes points = 3; optional bool complete = 4; }
`);

// What protobufjs decodes by reflection has no types of its own.
interface Half {
  ctr?: number;
  next?: Uint8Array;
  packed?: Uint8Array;
}
interface Stored {
  readonly [field: string]: never;
}

function decode(type: string, bytes: Uint8Array): Stored {
  const codec = root.lookupType(type);
  const plain = codec.toObject(codec.decode(bytes), { longs: Number, bytes: Uint8Array, oneofs: true });
  return plain as Stored;
}

const EMPTY = new Uint8Array();
const copy = (bytes: Uint8Array | undefined) => Uint8Array.from(bytes ?? EMPTY);

/** A record of libsignal's as one of ours; only its current session. */
export function importRecord(record: Uint8Array): Uint8Array {
  const stored = decode('SessionStructure', decode('RecordStructure', record)['current']!);
  return writeRecord({ current: session(stored), archived: [] });
}

function session(stored: Stored): Session {
  const sender = stored['sender']! as { public: Uint8Array; private: Uint8Array; key: { index?: number; key: Uint8Array } };
  const pending = stored['pending'] as { preKeyId?: number; signedId: number; seconds: number } | undefined;
  const kyber = stored['pendingKyber'] as { id: number; ciphertext: Uint8Array } | undefined;
  const receivers = (stored['receivers'] ?? []) as {
    public: Uint8Array;
    key: { index?: number; key: Uint8Array };
    seeds?: { index?: number; seed: Uint8Array }[];
  }[];
  return {
    localIdentity: copy(stored['local']),
    remoteIdentity: copy(stored['remote']),
    localRegistrationId: stored['localRegistrationId'] ?? 0,
    remoteRegistrationId: stored['remoteRegistrationId'] ?? 0,
    baseKey: copy(stored['baseKey']),
    rootKey: copy(stored['root']),
    previousCounter: stored['previousCounter'] ?? 0,
    sending: {
      ratchetKey: { publicKey: copy(sender.public), privateKey: copy(sender.private) },
      chainKey: copy(sender.key.key),
      index: sender.key.index ?? 0,
    },
    receiving: receivers.map(({ public: ratchetPublic, key, seeds = [] }) => ({
      ratchetPublic: copy(ratchetPublic),
      chainKey: copy(key.key),
      index: key.index ?? 0,
      skipped: concatBytes(
        ...seeds
          .map(({ index = 0, seed }) => ({ index, seed }))
          .sort((a, b) => b.index - a.index)
          .map(({ index, seed }) => concatBytes(u32(index), seed)),
      ),
    })),
    pending: pending &&
      kyber && {
        oneTimePreKeyId: pending.preKeyId,
        signedPreKeyId: pending.signedId,
        kyberPreKeyId: kyber.id,
        kyberCiphertext: copy(kyber.ciphertext),
        createdAt: pending.seconds * 1000,
      },
    pqRatchet: pqRatchet(decode('PqState', stored['pq']!)),
  };
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function pqRatchet(stored: Stored): Session['pqRatchet'] {
  const negotiation = stored['negotiation'] as { authKey: Uint8Array; direction?: number } | undefined;
  const chain = stored['chain'] as
    | {
        direction?: number;
        currentEpoch?: number;
        links: { send?: Half; recv: Half }[];
        nextRoot: Uint8Array;
        sendEpoch?: number;
      }
    | undefined;
  return {
    chain: chain
      ? {
          isInitiator: (chain.direction ?? 0) === 0,
          nextRoot: copy(chain.nextRoot),
          newest: chain.currentEpoch ?? 0,
          sendEpoch: chain.sendEpoch ?? 0,
          epochs: chain.links.map(epochKeys),
        }
      : startKeyChain(copy(negotiation!.authKey), (negotiation!.direction ?? 0) === 0),
    machine: machine(stored['v1']!),
  };
}

function epochKeys({ send, recv }: { send?: Half; recv: Half }): EpochKeys {
  return {
    sent: send?.ctr ?? 0,
    sending: copy(send?.next),
    received: recv.ctr ?? 0,
    receiving: copy(recv.next),
    skipped: byIndex(copy(recv.packed), 4, 36),
  };
}

/** Packed entries in the order of the numbers that they begin with. */
function byIndex(packed: Uint8Array, width: number, size: number): Uint8Array {
  const entries = Array.from({ length: packed.length / size }, (_, i) => packed.slice(i * size, (i + 1) * size));
  const number = (entry: Uint8Array) => entry.subarray(0, width).reduce((sum, byte) => sum * 256 + byte, 0);
  return concatBytes(...entries.sort((a, b) => number(a) - number(b)));
}

/** Which of the two fields behind its core a state keeps its encoder and its decoder in. */
const ENCODER = [2, 3, 4, 8, 9, 11];
const DECODER_SECOND = [6, 7, 10];

function machine(v1: Stored): Machine {
  const name = v1['state']! as string;
  const state = Number(name.slice(1));
  const { core, second, third } = v1[name]! as {
    core: { epoch: number; auth: { root: Uint8Array; mac: Uint8Array }; third?: Uint8Array; fourth?: Uint8Array; fifth?: Uint8Array };
    second?: Uint8Array;
    third?: Uint8Array;
  };
  const encoder = ENCODER.includes(state) ? encoded(second!) : { outgoing: EMPTY, next: 0 };
  const decoder = DECODER_SECOND.includes(state) ? second : third;
  const at = (states: number[], field: Uint8Array | undefined) => (states.includes(state) ? copy(field) : EMPTY);
  return {
    state,
    epoch: core.epoch,
    authRoot: copy(core.auth.root),
    authMac: copy(core.auth.mac),
    ...encoder,
    incoming: decoder ? kept(decoder) : EMPTY,
    dk: state === 2 ? copy(core.fourth) : at([3, 4, 5], core.third),
    header: at([7, 8, 10], core.third),
    ekVector: at([9], core.fourth),
    rest: [8, 9, 10].includes(state) ? secrets((state === 9 ? core.third : core.fourth)!) : EMPTY,
    ct1: state < 6 ? at([4, 5], core.fourth) : at([8, 9, 10], core.fifth),
  };
}

/** What is being sent, from points or from coefficients of the 16 polynomials. */
function encoded(bytes: Uint8Array): { outgoing: Uint8Array; next: number } {
  const { index = 0, points = [], coefficients = [] } = decode('Encoder', bytes) as unknown as {
    index?: number;
    points?: Uint8Array[];
    coefficients?: Uint8Array[];
  };
  const lanes = points.length > 0 ? points.map(copy) : coefficients.map(evaluate);
  const outgoing = new Uint8Array(lanes.length * lanes[0]!.length);
  lanes.forEach((lane, j) => {
    for (let i = 0; i < lane.length / 2; i++) outgoing.set(lane.subarray(2 * i, 2 * i + 2), 32 * i + 2 * j);
  });
  return { outgoing, next: index };
}

/** The values at 0, 1, 2 … of a polynomial whose coefficients, lowest first, are these. */
function evaluate(coefficients: Uint8Array): Uint8Array {
  const values = new Uint8Array(coefficients.length);
  for (let x = 0; x < coefficients.length / 2; x++) {
    let value = 0;
    for (let i = coefficients.length - 2; i >= 0; i -= 2) {
      value = times(value, x) ^ ((coefficients[i]! << 8) | coefficients[i + 1]!);
    }
    values.set([value >> 8, value & 0xff], 2 * x);
  }
  return values;
}

/** A product in the field: the line through (0, 0) and (1, a), at b. */
function times(a: number, b: number): number {
  if (b === 0) return 0;
  if (b === 1) return a;
  const row = (value: number) => Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? value >> 8 : i === 1 ? value : 0));
  const line = interpolate([
    { index: 0, data: row(0) },
    { index: 1, data: row(a) },
  ])(b);
  return (line[0]! << 8) | line[1]!;
}

/** Received chunks: the lanes' points put together again. */
function kept(bytes: Uint8Array): Uint8Array {
  const { points = [] } = decode('Decoder', bytes) as unknown as { points?: Uint8Array[] };
  const count = (points[0]?.length ?? 0) / 4;
  return concatBytes(
    ...Array.from({ length: count }, (_, i) =>
      concatBytes(
        points[0]!.subarray(4 * i, 4 * i + 2),
        ...points.map((lane) => lane.subarray(4 * i + 2, 4 * i + 4)),
      ),
    ),
  );
}

/** The sender's secrets: coins first, then coefficients of 12 bits; libsignal writes them as 16 bits before the coins. */
function secrets(stored: Uint8Array): Uint8Array {
  const coins = stored.subarray(2048);
  const view = new DataView(stored.buffer, stored.byteOffset);
  const coefficients = Array.from({ length: 1024 }, (_, i) => (view.getInt16(2 * i, true) + 2 * 3329) % 3329);
  const packed = [];
  for (let i = 0; i < 1024; i += 2) {
    const pair = coefficients[i]! | (coefficients[i + 1]! << 12);
    packed.push(pair & 0xff, (pair >> 8) & 0xff, pair >> 16);
  }
  return concatBytes(coins, Uint8Array.from(packed));
}
