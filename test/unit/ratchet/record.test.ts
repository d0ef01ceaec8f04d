import { beforeAll, describe, expect, it } from 'vitest';
import {
  MAX_ARCHIVED_BYTES,
  MAX_ARCHIVED_SESSIONS,
  MAX_RECEIVING_CHAINS,
  MAX_SKIPPED_KEYS,
  platformPrimitives,
} from '../../../core/ratchet/index.js';
import {
  addSession,
  forgetSession,
  readRecord,
  writeRecord,
  type Session,
} from '../../../core/ratchet/record.js';
import { ratchetEncrypt } from '../../../core/ratchet/double-ratchet.js';
import { talkingPair, utf8 } from './device.js';

const p = await platformPrimitives();
let session: Session;
beforeAll(async () => {
  const [alice] = await talkingPair(p);
  session = readRecord(alice.record).current!;
});

describe('a stored session', () => {
  it('is read as it was written', () => {
    const record = { current: session, archived: [] };
    expect(readRecord(writeRecord(record))).toEqual(record);
  });

  it('takes less than 600 kB, with all that it can hold, and a record one and what is archived', () => {
    const skipped = new Uint8Array(36 * MAX_SKIPPED_KEYS).fill(1);
    const { chain, machine } = session.pqRatchet;
    const full: Session = {
      ...session,
      receiving: Array.from({ length: MAX_RECEIVING_CHAINS }, () => ({ ...session.receiving[0]!, skipped })),
      pending: {
        oneTimePreKeyId: 0xffffffff,
        signedPreKeyId: 0xffffffff,
        kyberPreKeyId: 0xffffffff,
        kyberCiphertext: new Uint8Array(1569).fill(1),
        createdAt: Number.MAX_SAFE_INTEGER,
      },
      pqRatchet: {
        chain: { ...chain, epochs: Array.from({ length: 3 }, () => ({ ...chain.epochs[0]!, skipped })) },
        machine: {
          ...machine,
          // More than any state holds at once.
          outgoing: new Uint8Array(1152).fill(1),
          incoming: new Uint8Array(35 * 34).fill(1),
          dk: new Uint8Array(2400).fill(1),
          header: new Uint8Array(64).fill(1),
          ekVector: new Uint8Array(1152).fill(1),
          rest: new Uint8Array(1568).fill(1),
          ct1: new Uint8Array(960).fill(1),
        },
      },
    };
    const one = writeRecord({ current: full, archived: [] }).length;
    expect(one).toBeLessThan(600_000);
    let record = readRecord(undefined);
    for (let i = 0; i < MAX_ARCHIVED_SESSIONS + 3; i++) record = addSession(record, full);
    expect(record.archived).toHaveLength(1);
    expect(writeRecord(record).length).toBeLessThan(600_000 + MAX_ARCHIVED_BYTES);
  });

  it('takes a few kilobytes as it is', () => {
    expect(writeRecord({ current: session, archived: [] }).length).toBeLessThan(8_000);
  });
});

describe('the secrets of a session', () => {
  it('that a step made are overwritten when it is forgotten, those it had before are not', () => {
    const before = writeRecord({ current: session, archived: [] });
    const { session: after } = ratchetEncrypt(p, session, utf8('text'), undefined);
    forgetSession(after, session);
    expect(after.sending.chainKey).toEqual(new Uint8Array(32));
    const place = after.pqRatchet.chain.epochs.length - 1;
    expect(after.pqRatchet.chain.epochs[place]!.sending.every((byte) => byte === 0)).toBe(true);
    expect(writeRecord({ current: session, archived: [] })).toEqual(before);
  });

  it('are all overwritten when there was no session before', () => {
    const { current } = readRecord(writeRecord({ current: session, archived: [] }));
    forgetSession(current!);
    for (const secret of [
      current!.rootKey,
      current!.sending.chainKey,
      current!.sending.ratchetKey.privateKey,
      current!.receiving[0]!.chainKey,
      current!.pqRatchet.chain.nextRoot,
      current!.pqRatchet.machine.authRoot,
      current!.pqRatchet.machine.authMac,
      current!.pqRatchet.machine.dk,
    ]) {
      expect(secret.every((byte) => byte === 0)).toBe(true);
    }
  });
});
