import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EK_SENT_CT1_RECEIVED,
  KEYS_SAMPLED,
  NO_HEADER_RECEIVED,
  receiveStep,
} from '../../../../core/ratchet/spqr/machine.js';
import { CT2, HEADER, parseSpqrMessage } from '../../../../core/ratchet/spqr/messages.js';
import { spqrReceive, spqrSend, startSpqr, type Spqr } from '../../../../core/ratchet/spqr/spqr.js';
import { repeatable } from '../device.js';

const authKey = new Uint8Array(32).fill(5);
const start = (): [Spqr, Spqr] => [startSpqr(authKey, true), startSpqr(authKey, false)];

/** Sends one message and takes it in, unless it is lost; both must have the same key. */
function talk(
  ends: [Spqr, Spqr],
  from: 0 | 1,
  isLost: boolean,
  random: (length: number) => Uint8Array,
): void {
  const sent = spqrSend(ends[from], random);
  ends[from] = sent.spqr;
  if (isLost) return;
  const to = from === 0 ? 1 : 0;
  const received = spqrReceive(ends[to], sent.message);
  expect(received.key).toEqual(sent.key);
  ends[to] = received.advance();
}

/** Takes turns until the initiator is in a state. */
function until(state: number): [Spqr, Spqr] {
  const ends = start();
  const random = repeatable(1);
  while (ends[0].machine.state !== state) {
    talk(ends, 0, false, random);
    if (ends[0].machine.state !== state) talk(ends, 1, false, random);
  }
  return ends;
}

describe('the post-quantum ratchet', () => {
  it('completes an epoch with about every 94 messages of a conversation in turns', () => {
    const ends = start();
    const random = repeatable(2);
    for (let i = 0; i < 470; i++) {
      talk(ends, 0, false, random);
      talk(ends, 1, false, random);
    }
    expect(ends[0].machine.epoch).toBe(ends[1].machine.epoch);
    expect(ends[0].machine.epoch).toBeGreaterThanOrEqual(10);
    expect(ends[0].machine.epoch).toBeLessThanOrEqual(12);
  });

  it('makes no progress while only one side writes', () => {
    const ends = start();
    const random = repeatable(3);
    for (let i = 0; i < 500; i++) talk(ends, 0, false, random);
    expect(ends.map(({ machine }) => [machine.state, machine.epoch])).toEqual([
      [KEYS_SAMPLED, 1],
      [7, 1],
    ]);
  });

  it('gives both sides the same key for every message that arrives, whatever is lost', () => {
    fc.assert(
      fc.property(
        fc.infiniteStream(fc.tuple(fc.constantFrom(0 as const, 1 as const), fc.nat(9))),
        fc.integer({ min: 0, max: 6 }),
        fc.nat(),
        (schedule, loss, seed) => {
          const ends = start();
          const random = repeatable(seed);
          let left = 400;
          for (const [from, fate] of schedule) {
            if (left-- === 0) break;
            talk(ends, from, fate < loss, random);
          }
          expect(Math.abs(ends[0].machine.epoch - ends[1].machine.epoch)).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('is not moved by messages of an earlier epoch, and refuses those of one to come', () => {
    const { machine } = until(NO_HEADER_RECEIVED)[0];
    const message = { index: 1, type: HEADER, chunk: { index: 0, data: new Uint8Array(32) } };
    expect(receiveStep(machine, { ...message, epoch: machine.epoch - 1 }).machine).toBe(machine);
    expect(() => receiveStep(machine, { ...message, epoch: machine.epoch + 1 })).toThrow(
      expect.objectContaining({ code: 'decryption-failed' }),
    );
  });

  it.each([
    ['header', HEADER, () => until(KEYS_SAMPLED).reverse() as [Spqr, Spqr], 3],
    ['ciphertext', CT2, () => until(EK_SENT_CT1_RECEIVED), 5],
  ])('refuses a %s that nobody vouches for', (_name, type, make, chunks) => {
    let { machine } = make()[0];
    expect(() => {
      for (let index = 0; index < chunks; index++) {
        const chunk = { index: 100 + index, data: new Uint8Array(32).fill(index) };
        ({ machine } = receiveStep(machine, { epoch: machine.epoch, index: 1, type, chunk }));
      }
    }).toThrow(expect.objectContaining({ code: 'decryption-failed' }));
  });

  it('changes nothing of what was handed in', () => {
    const ends = start();
    const before = structuredClone(ends);
    const sent = spqrSend(ends[0], repeatable(4));
    spqrReceive(ends[1], sent.message).advance();
    expect(ends).toEqual(before);
    expect(parseSpqrMessage(sent.message)).toMatchObject({ epoch: 1, index: 1, type: HEADER });
  });
});
