import {
  groupDecrypt,
  groupEncrypt,
  processSenderKeyDistributionMessage,
  SenderKeyDistributionMessage,
  SenderKeyRecord,
  SenderKeyStore,
  LibSignalErrorBase,
  ErrorCode,
  type ProtocolAddress,
} from '@signalapp/libsignal-client';
import { hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../../core/errors.js';
import { platformPrimitives, type Address } from '../../core/ratchet/index.js';
import { takeSeed } from '../../core/ratchet/message-chain.js';
import { readSenderKeys, writeSenderKeys } from '../../core/ratchet/sender-keys/record.js';
import {
  decryptFromGroup,
  distributeSenderKey,
  distributionIdOf,
  encryptForGroup,
  receiveSenderKey,
} from '../../core/ratchet/sender-keys/index.js';
import { text, theirAddress, utf8, type Outcome } from './peers.js';
import { randomNumbers } from './random.js';

const p = await platformPrimitives();
const LONG = Number(process.env['COMING_SEEDS'] ?? 1);
const GROUP = 'eb0c8fa1-7577-45fe-a963-078cc009b031';
const GROUP_ID = hexToBytes(GROUP.replaceAll('-', ''));

interface Member {
  readonly address: Address;
  distribute(): Promise<Uint8Array>;
  join(from: Member, distribution: Uint8Array): Promise<void>;
  send(plaintext: string): Promise<Uint8Array>;
  receive(from: Member, message: Uint8Array): Promise<Outcome>;
  /** Comes to where it would be after sending so many messages. */
  skip(count: number): Promise<void>;
  /** Makes a new key, as after somebody left. */
  forget(): void;
}

class OurMember implements Member {
  readonly #records = new Map<Address, Uint8Array>();

  constructor(readonly address: Address) {}

  async distribute(): Promise<Uint8Array> {
    const { record, distribution } = await distributeSenderKey(p, this.#records.get(this.address), GROUP_ID);
    this.#records.set(this.address, record);
    return distribution;
  }

  async join({ address }: Member, distribution: Uint8Array): Promise<void> {
    expect(distributionIdOf(distribution, 'distribution')).toEqual(GROUP_ID);
    this.#records.set(address, receiveSenderKey(this.#records.get(address), distribution));
  }

  async send(plaintext: string): Promise<Uint8Array> {
    const { address } = this;
    const { record, message } = await encryptForGroup(
      p,
      this.#records.get(address),
      GROUP_ID,
      utf8(plaintext),
    );
    this.#records.set(address, record);
    return message;
  }

  async receive({ address }: Member, message: Uint8Array): Promise<Outcome> {
    const before = this.#records.get(address);
    const copy = before?.slice();
    try {
      const { record, plaintext } = await decryptFromGroup(p, before, message);
      this.#records.set(address, record);
      return { plaintext: text(plaintext) };
    } catch (error) {
      expect(before).toEqual(copy);
      if (codeOf(error) === 'internal') throw error;
      return codeOf(error) === 'duplicate-message' ? 'duplicate' : 'refused';
    }
  }

  async skip(count: number): Promise<void> {
    let [state] = readSenderKeys(this.#records.get(this.address));
    for (let i = 0; i < count; i++) state = takeSeed(state!, state!.index).chain;
    this.#records.set(this.address, writeSenderKeys([state!]));
  }

  forget(): void {
    this.#records.delete(this.address);
  }
}

class TheirMember implements Member {
  readonly #records = new Map<string, Uint8Array>();
  readonly #store = keep(this.#records);

  constructor(readonly address: Address) {}

  async distribute(): Promise<Uint8Array> {
    const message = await SenderKeyDistributionMessage.create(theirAddress(this.address), GROUP, this.#store);
    return Uint8Array.from(message.serialize());
  }

  async join({ address }: Member, distribution: Uint8Array): Promise<void> {
    const message = SenderKeyDistributionMessage.deserialize(Uint8Array.from(distribution));
    await processSenderKeyDistributionMessage(theirAddress(address), message, this.#store);
  }

  async send(plaintext: string): Promise<Uint8Array> {
    const message = await groupEncrypt(theirAddress(this.address), GROUP, this.#store, utf8(plaintext));
    return Uint8Array.from(message.serialize());
  }

  async receive({ address }: Member, message: Uint8Array): Promise<Outcome> {
    try {
      return {
        plaintext: text(await groupDecrypt(theirAddress(address), this.#store, Uint8Array.from(message))),
      };
    } catch (error) {
      if (!(error instanceof LibSignalErrorBase)) throw error;
      return error.code === ErrorCode.DuplicatedMessage ? 'duplicate' : 'refused';
    }
  }

  async skip(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.send('');
  }

  forget(): void {
    this.#records.delete(theirAddress(this.address).toString());
  }
}

function keep(records: Map<string, Uint8Array>): SenderKeyStore {
  return new (class extends SenderKeyStore {
    async saveSenderKey(sender: ProtocolAddress, _id: string, record: SenderKeyRecord) {
      records.set(sender.toString(), Uint8Array.from(record.serialize()));
    }
    async getSenderKey(sender: ProtocolAddress) {
      const record = records.get(sender.toString());
      return record ? SenderKeyRecord.deserialize(Uint8Array.from(record)) : null;
    }
  })();
}

const addressOf = (deviceId: number): Address => ({
  name: '7cda973f-53d7-4ac4-8a14-1551d7dcf316',
  deviceId,
});
const ours = (deviceId: number): Member => new OurMember(addressOf(deviceId));
const theirs = (deviceId: number): Member => new TheirMember(addressOf(deviceId));

/** Gives the sender's key to the others. */
async function introduce(sender: Member, others: readonly Member[]): Promise<void> {
  const distribution = await sender.distribute();
  for (const other of others) await other.join(sender, distribution);
}

describe('a group of five, three of which run libsignal', () => {
  it('reads what everybody writes, over lines that lose, reorder and double', async () => {
    for (let round = 0; round < LONG; round++) {
      const random = randomNumbers(round);
      const members = [ours(1), theirs(2), ours(3), theirs(4), theirs(5)];
      for (const member of members) {
        const others = members.filter((other) => other !== member);
        await introduce(member, others);
      }
      for (let turn = 0; turn < 40; turn++) {
        const sender = members[Math.floor(random() * 5)]!;
        const others = members.filter((other) => other !== sender);
        if (random() < 0.05) {
          sender.forget();
          await introduce(sender, others);
        }
        const sent: [string, Uint8Array][] = [];
        for (let i = 0; i < 4; i++) sent.push([`${turn} ${i}`, await sender.send(`${turn} ${i}`)]);
        for (const other of others) {
          for (const [plaintext, message] of sent.toSorted(() => random() - 0.5)) {
            if (random() < 0.2) continue;
            expect(await other.receive(sender, message)).toEqual({ plaintext });
            if (random() < 0.2) expect(await other.receive(sender, message)).toBe('duplicate');
          }
        }
      }
    }
  });
});

describe.each([
  ['we send', () => [ours(1), theirs(2)] as const],
  ['libsignal sends', () => [theirs(1), ours(2)] as const],
])('when %s to a group', (_who, make) => {
  it('who comes late reads what is written from then on', async () => {
    const [sender, receiver] = make();
    await sender.distribute();
    const early = await sender.send('early');
    await introduce(sender, [receiver]);
    expect(await receiver.receive(sender, await sender.send('now'))).toEqual({ plaintext: 'now' });
    expect(await receiver.receive(sender, early)).toBe('duplicate');
  });

  it('who was given no key reads nothing', async () => {
    const [sender, receiver] = make();
    await sender.distribute();
    expect(await receiver.receive(sender, await sender.send('secret'))).toBe('refused');
  });

  it('being given the same key again sets nothing back', async () => {
    const [sender, receiver] = make();
    const distribution = await sender.distribute();
    await receiver.join(sender, distribution);
    const message = await sender.send('once');
    expect(await receiver.receive(sender, message)).toEqual({ plaintext: 'once' });
    await receiver.join(sender, distribution);
    expect(await receiver.receive(sender, message)).toBe('duplicate');
  });

  it('five keys of a sender are kept', async () => {
    const [sender, receiver] = make();
    const messages: Uint8Array[] = [];
    for (let i = 0; i < 6; i++) {
      sender.forget();
      await introduce(sender, [receiver]);
      messages.push(await sender.send(`key ${i}`));
    }
    expect(await receiver.receive(sender, messages[0]!)).toBe('refused');
    for (let i = 1; i < 6; i++) {
      expect(await receiver.receive(sender, messages[i]!)).toEqual({ plaintext: `key ${i}` });
    }
  });

  it('exactly 25,000 messages may be skipped, and those of the last 2,000 be read late', async () => {
    const [sender, receiver] = make();
    await introduce(sender, [receiver]);
    await sender.skip(22_999);
    const late = [await sender.send('too late'), await sender.send('late')];
    await sender.skip(1_999);
    expect(await receiver.receive(sender, await sender.send('far'))).toEqual({ plaintext: 'far' });
    expect(await receiver.receive(sender, late[0]!)).toBe('duplicate');
    expect(await receiver.receive(sender, late[1]!)).toEqual({ plaintext: 'late' });
  });

  it('a message that was changed is accepted, a duplicate or refused with us as with libsignal', async () => {
    const random = randomNumbers(7);
    const [sender] = make();
    const sent: Uint8Array[] = [];
    const distribution = await sender.distribute();
    for (let i = 0; i < 4; i++) sent.push(await sender.send(`text ${i}`));
    for (let i = 0; i < 300 * LONG; i++) {
      const pairOf = [ours(2), theirs(2)];
      const original = sent[Math.floor(random() * 4)]!;
      const at = Math.floor(random() * original.length);
      const changed =
        i % 3 === 0 ? original.subarray(0, at) : original.with(at, original[at]! ^ (1 << (i % 8)));
      const outcomes = [];
      for (const receiver of pairOf) {
        await receiver.join(sender, distribution);
        await receiver.receive(sender, sent[1]!);
        outcomes.push(await receiver.receive(sender, changed));
      }
      expect([Buffer.from(changed).toString('hex'), outcomes[0]]).toEqual([
        Buffer.from(changed).toString('hex'),
        outcomes[1],
      ]);
    }
  });
});
