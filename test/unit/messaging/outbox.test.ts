import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Conversation } from '../../../core/client.js';
import { ComingError } from '../../../core/errors.js';
import { enrolDevice, guestAccount, guestSigner, type DeviceLog } from '../../../core/identity/index.js';
import { platformPrimitives } from '../../../core/ratchet/index.js';
import type { PersonRow } from '../../../core/store/index.js';
import type { ClaimedBundle } from '../../../core/transport/index.js';
import { newDevice } from '../../support/accounts.js';
import { hasTexts, lastState } from '../../support/people.js';
import type { TappedRelay } from '../../support/tapped-relay.js';
import { settled, until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';
import { preparePeople, type World, type WorldPerson } from '../../support/world.js';

let newWorld: () => World;
let world: World;
let relay: TappedRelay;
let ada: WorldPerson;
let bo: WorldPerson;
let carl: WorldPerson;

beforeAll(async () => {
  newWorld = await preparePeople(3);
});

beforeEach(async () => {
  world = newWorld();
  ({ relay } = world);
  [ada, bo, carl] = world.people as [WorldPerson, WorldPerson, WorldPerson];
  await ada.online();
});

afterEach(() => world.end());

const withDevice = async (person: WorldPerson, log: DeviceLog, n: number) =>
  enrolDevice(log, guestSigner(await guestAccount(person.seed)), newDevice(n, { origin: 'app:headless' }));

/** Sends what must be refused, and returns the conversation when it was. */
async function refused(problem: string): Promise<Conversation> {
  const before = relay.sent.length;
  const adas = await ada.to(bo);
  await adas.send('secret');
  await waitFor(adas.snapshot, lastState('failed'));
  expect(adas.snapshot.value.messages.at(-1)).toMatchObject({ problem });
  expect(relay.sent).toHaveLength(before);
  expect(ada.rows('outbox')).toEqual([]);
  return adas;
}

describe('a relay that lies about who somebody is', () => {
  it("cannot pass off another person's log", async () => {
    relay.logOfAccount = () => carl.log.entries;
    await refused('invalid-log-entry');
    expect(ada.rows('people')).toEqual([]);
    expect(ada.rows('sessions')).toEqual([]);
  });

  it('cannot pass off an empty log, or one that it bent', async () => {
    const [entry] = bo.log.entries;
    for (const entries of [
      [],
      [{ ...entry!, text: entry!.text.replace('Name: Test', 'Name: Best') }],
      [{ ...entry!, signature: new Uint8Array(64) }],
      [entry!, entry!],
      [entry!, ...carl.log.entries],
    ]) {
      relay.logOfAccount = () => entries;
      await refused('invalid-log-entry');
    }
    expect(ada.rows('people')).toEqual([]);
  });

  it('is believed that it knows nobody of this name, and told the truth later it is believed again', async () => {
    relay.logOfAccount = () => undefined;
    const adas = await refused('unknown-account');
    relay.logOfAccount = (_, truth) => truth;
    await adas.retry(adas.snapshot.value.messages[0]!.id);
    await waitFor(adas.snapshot, lastState('sent'));
  });

  describe('whose log Ada has seen with two devices', () => {
    let two: DeviceLog;

    beforeEach(async () => {
      two = await withDevice(bo, bo.log, 2);
      relay.setLog(two);
      const adas = await ada.to(bo);
      await adas.send('hello');
      await waitFor(adas.snapshot, lastState('sent'));
    });

    it.each<[string, string, () => Promise<DeviceLog>]>([
      ['a shorter one', 'device-log-stepped-back', () => Promise.resolve(bo.log)],
      ['a fork of the same length', 'device-log-forked', () => withDevice(bo, bo.log, 3)],
      ['a longer fork', 'device-log-forked', async () => withDevice(bo, await withDevice(bo, bo.log, 3), 4)],
    ])('cannot serve %s later, not even after a restart', async (_, code, make) => {
      const { entries } = await make();
      relay.onSend = () => Promise.resolve({ status: 'log-changed', entries });
      relay.logOfAccount = () => entries;
      const known = ada.rows('people') as PersonRow[];
      for (const restart of [false, true]) {
        if (restart) {
          await ada.close();
          await ada.online();
        }
        const adas = await ada.to(bo);
        const handedOver = relay.sent.length;
        await adas.send('secret');
        await waitFor(adas.snapshot, ({ messages }) => messages.at(-1)?.state === 'failed');
        expect(adas.snapshot.value.messages.at(-1)!.problem).toBe(code);
        await waitFor(adas.snapshot, ({ problem }) => problem === code);
        // What was made for the devices that Ada knows; nothing for any other.
        expect(relay.sent.slice(handedOver).every(({ deviceId }) => deviceId === 1)).toBe(true);
        expect((ada.rows('people') as PersonRow[])[0]!.log).toEqual(known[0]!.log);
      }
      // Telling the truth again changes nothing: the person has to look.
      relay.onSend = (pass) => pass();
      relay.logOfAccount = (_, truth) => truth;
      const adas = await ada.to(bo);
      await adas.send('too early');
      await waitFor(adas.snapshot, ({ messages }) => messages.at(-1)?.text === 'too early');
      await waitFor(adas.snapshot, ({ messages }) => messages.at(-1)?.state === 'failed');
      expect(adas.snapshot.value.problem).toBe(code);
      await (await ada.client.openContact(bo.comingId)).acceptChange();
      await adas.send('to the log that is whole');
      await waitFor(adas.snapshot, ({ messages, problem }) => messages.at(-1)?.state === 'sent' && !problem);
    });

    it('may be late once: it is asked again before it is taken for a liar', async () => {
      let late = true;
      relay.onSend = (pass) => {
        if (!late) return pass();
        late = false;
        return Promise.resolve({ status: 'log-changed', entries: bo.log.entries });
      };
      const adas = await ada.to(bo);
      await adas.send('all the same');
      await waitFor(adas.snapshot, ({ messages }) => messages.at(-1)?.state === 'sent');
      expect(adas.snapshot.value.problem).toBeUndefined();
    });

    it('can show that a device was added, and the same message reaches that one too', async () => {
      await bo.online();
      const three = await withDevice(bo, two, 3);
      Object.assign(relay.mailboxOf(bo.account, 3), { keys: relay.mailboxOf(carl.account, 1).keys });
      relay.setLog(three);
      const before = relay.sent.length;
      // Keys that another device signed are no keys of this one.
      const adas = await ada.to(bo);
      await adas.send('for everybody');
      await waitFor(adas.snapshot, ({ messages }) => messages.at(-1)?.state === 'failed');
      expect(adas.snapshot.value.messages.at(-1)!.problem).toBe('invalid-signature');
      expect(relay.sent.slice(before).every(({ deviceId }) => deviceId === 1)).toBe(true);
    });
  });

  it('that answers every sending with the same log again keeps a message waiting, and is not hammered', async () => {
    relay.onSend = () => Promise.resolve({ status: 'log-changed', entries: bo.log.entries });
    const adas = await ada.to(bo);
    await adas.send('hello');
    await until(() => relay.sent.length >= 5);
    await settled(50);
    expect(relay.sent.length).toBeLessThan(10);
    expect(new Set(relay.sent.map(({ id }) => String(id))).size).toBe(1);
    expect(adas.snapshot.value.messages[0]!.state).toBe('queued');
  });
});

describe('a relay that lies about keys', () => {
  const bent = (change: (bundle: ClaimedBundle) => ClaimedBundle) => {
    relay.bundles = (truth) => truth.map(change);
  };

  it.each(['signed', 'kyber'] as const)('cannot swap the %s pre-key', async (which) => {
    const theirs = relay.mailboxOf(carl.account, 1);
    const key = which === 'signed' ? theirs.keys!.signed : theirs.keys!.lastResort;
    bent((bundle) => ({ ...bundle, [which]: key }));
    await refused('invalid-signature');
    bent((bundle) => ({ ...bundle, [which]: { ...bundle[which], publicKey: key.publicKey } }));
    await refused('invalid-signature');
    bent((bundle) => ({ ...bundle, [which]: { ...bundle[which], signature: new Uint8Array(64) } }));
    await refused('invalid-signature');
    expect(ada.rows('sessions')).toEqual([]);
  });

  it('cannot make up keys of its own for a device that is in the log', async () => {
    const primitives = await platformPrimitives();
    const [identity, signed, kyber] = await Promise.all([
      primitives.generateKeyPair(),
      primitives.generateKeyPair(),
      primitives.generateKemKeyPair(),
    ]);
    const sign = (key: Uint8Array) => primitives.sign(identity.privateKey, key);
    const own = {
      signed: { id: 0, publicKey: signed.publicKey, signature: await sign(signed.publicKey) },
      kyber: { id: 1, publicKey: kyber.publicKey, signature: await sign(kyber.publicKey) },
    };
    bent((bundle) => ({ ...bundle, ...own, oneTime: undefined }));
    await refused('invalid-signature');
    expect(ada.rows('sessions')).toEqual([]);
  });

  it('cannot make two kinds of key stand for each other, or use one of no known type', async () => {
    for (const publicKey of [new Uint8Array(), new Uint8Array(33), new Uint8Array(1569).fill(8, 0, 1)]) {
      bent((bundle) => ({ ...bundle, signed: { ...bundle.signed, publicKey } }));
      const adas = await ada.to(bo);
      await adas.send('secret');
      await waitFor(adas.snapshot, lastState('failed'));
      expect(['invalid-key', 'invalid-signature']).toContain(adas.snapshot.value.messages.at(-1)!.problem);
    }
    expect(relay.sent).toEqual([]);
    expect(ada.rows('sessions')).toEqual([]);
  });

  it('that answers with keys of other devices, or with none, keeps the message waiting', async () => {
    bent((bundle) => ({ ...bundle, deviceId: 2 }));
    const adas = await ada.to(bo);
    await adas.send('hello');
    let claims = 0;
    relay.bundles = () => {
      claims += 1;
      return [];
    };
    await ada.client.reconnect();
    await until(() => claims > 0);
    await settled();
    expect(adas.snapshot.value.messages[0]!.state).toBe('queued');
    expect(relay.sent).toEqual([]);
    relay.bundles = (truth) => truth;
    await ada.client.reconnect();
    await waitFor(adas.snapshot, lastState('sent'));
  });

  it('that says that every published key is gone is not given keys for ever', async () => {
    await ada.close();
    let rounds = 0;
    relay.counts = () => {
      rounds += 1;
      return { oneTime: 0, oneTimeKyber: 0 };
    };
    relay.mailboxOf(ada.account, 1).oneTime.length = 0;
    const before = ada.rows('preKeys').length;
    await ada.online();
    await until(() => rounds === 10);
    await settled(200);
    expect(rounds).toBe(10);
    expect(ada.rows('preKeys').length - before).toBeLessThanOrEqual(200);
  });
});

describe('what is sent', () => {
  it('is durable when it is a message, whatever it says, and not when it is a receipt', async () => {
    await bo.online();
    const adas = await ada.to(bo);
    const bos = await bo.to(ada);
    await adas.send('hello');
    await waitFor(bos.snapshot, hasTexts('hello'));
    await waitFor(adas.snapshot, lastState('delivered'));
    const [message] = relay.sent;
    const receipts = relay.sent.filter(({ from }) => from !== message!.from);
    expect(message!.delivery).toBe('durable');
    expect(receipts.length).toBeGreaterThan(0);
    expect(receipts.every(({ delivery }) => delivery === 'ordinary')).toBe(true);
  });
});

describe('an answer that is lost on the way', () => {
  const lost = () => new ComingError('relay-unreachable', 'away');

  it('leads to the same envelope again, and the message appears once', async () => {
    await bo.online();
    let losses = 2;
    relay.onSend = async (pass) => {
      const result = await pass();
      if ((losses -= 1) >= 0) throw lost();
      return result;
    };
    const adas = await ada.to(bo);
    const bos = await bo.to(ada);
    await adas.send('once');
    await waitFor(bos.snapshot, hasTexts('once'));
    await until(() => losses < 2);
    await ada.client.reconnect();
    await waitFor(adas.snapshot, lastState('delivered'));
    const fromAda = relay.sent.filter(({ from }) => from === relay.sent[0]!.from);
    expect(fromAda.length).toBeGreaterThan(1);
    for (const { id, content } of fromAda) {
      expect(id).toEqual(fromAda[0]!.id);
      expect(content).toEqual(fromAda[0]!.content);
    }
    expect(bo.rows('messages')).toHaveLength(1);
  });

  it('does not make a message failed that the receiver says it has', async () => {
    await bo.online();
    relay.onSend = async (pass, to) => {
      const result = await pass();
      if (String(to) === String(bo.account)) throw lost();
      return result;
    };
    const adas = await ada.to(bo);
    await bo.to(ada);
    await adas.send('hello');
    await waitFor(adas.snapshot, lastState('delivered'));
    relay.onSend = () => Promise.resolve({ status: 'unknown-account' });
    await ada.client.reconnect();
    await until(() => ada.rows('outbox').length === 0);
    const { snapshot } = await ada.to(bo);
    expect(snapshot.value.messages[0]).toMatchObject({ state: 'delivered', problem: undefined });
  });
});
