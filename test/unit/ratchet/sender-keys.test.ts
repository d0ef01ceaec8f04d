import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../../../core/errors.js';
import { platformPrimitives } from '../../../core/ratchet/index.js';
import {
  decryptFromGroup,
  distributeSenderKey,
  distributionIdOf,
  encryptForGroup,
  receiveSenderKey,
} from '../../../core/ratchet/sender-keys/index.js';
import { readSenderKeys, writeSenderKeys } from '../../../core/ratchet/sender-keys/record.js';
import { writeFields } from '../../../core/ratchet/wire-fields.js';
import { text, utf8 } from './device.js';

const p = await platformPrimitives();
const GROUP = new Uint8Array(16).fill(3);
let sender: Uint8Array;
let receiver: Uint8Array;

beforeAll(async () => {
  const { record, distribution } = await distributeSenderKey(p, undefined, GROUP);
  sender = record;
  receiver = receiveSenderKey(undefined, distribution);
});

const code = (name: string) => expect.objectContaining({ name: 'ComingError', code: name }) as Error;

describe('a sender key', () => {
  it('is handed out again with the place that it has come to', async () => {
    const { record } = await encryptForGroup(p, sender, GROUP, utf8('before'));
    const again = await distributeSenderKey(p, record, GROUP);
    expect(again.record).toEqual(record);
    const late = receiveSenderKey(undefined, again.distribution);
    const { message } = await encryptForGroup(p, record, GROUP, utf8('after'));
    expect(text((await decryptFromGroup(p, late, message)).plaintext)).toBe('after');
    expect(distributionIdOf(message, 'message')).toEqual(GROUP);
  });

  it('of somebody else cannot be encrypted with', async () => {
    await expect(encryptForGroup(p, receiver, GROUP, utf8('x'))).rejects.toEqual(code('no-session'));
    await expect(encryptForGroup(p, undefined, GROUP, utf8('x'))).rejects.toEqual(code('no-session'));
  });

  it('stays as it was, to the byte, whatever a message that fails brings', async () => {
    const { message } = await encryptForGroup(p, sender, GROUP, utf8('a message to the group'));
    const before = receiver.slice();
    const change = fc.record({ place: fc.nat(), bits: fc.integer({ min: 1, max: 255 }), cut: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(change, async ({ place, bits, cut }) => {
        const at = 1 + (place % (message.length - 1));
        const changed = message.with(at, message[at]! ^ bits).subarray(0, message.length - cut);
        const outcome = await decryptFromGroup(p, receiver, changed).then(() => 'accepted', codeOf);
        expect(['malformed-message', 'no-session', 'decryption-failed']).toContain(outcome);
        expect(receiver).toEqual(before);
      }),
      { numRuns: 200 },
    );
    const { record, plaintext } = await decryptFromGroup(p, receiver, message);
    expect(text(plaintext)).toBe('a message to the group');
    expect(receiver).toEqual(before);
    const after = record.slice();
    await expect(decryptFromGroup(p, record, message)).rejects.toEqual(code('duplicate-message'));
    expect(record).toEqual(after);
  });

  it('may be read late without any harm to what is stored', async () => {
    const first = await encryptForGroup(p, sender, GROUP, utf8('first'));
    const second = await encryptForGroup(p, first.record, GROUP, utf8('second'));
    const { record } = await decryptFromGroup(p, receiver, second.message);
    const before = record.slice();
    expect(text((await decryptFromGroup(p, record, first.message)).plaintext)).toBe('first');
    expect(record).toEqual(before);
  });

  it('of random bytes is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (noise) => {
        try {
          receiveSenderKey(undefined, Uint8Array.of(0x33, ...noise));
        } catch (error) {
          expect(['malformed-message', 'invalid-key']).toContain(codeOf(error));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a stored record of sender keys', () => {
  it('is read as it was written', () => {
    expect(writeSenderKeys(readSenderKeys(sender))).toEqual(sender);
  });

  it('of a later version or damaged is refused as such', () => {
    expect(() => readSenderKeys(writeFields([[1, 2]]))).toThrow(code('newer-database'));
    for (const bytes of [new Uint8Array(), Uint8Array.of(0xff), sender.subarray(0, 40)]) {
      expect(() => readSenderKeys(bytes)).toThrow(code('internal'));
    }
  });
});
