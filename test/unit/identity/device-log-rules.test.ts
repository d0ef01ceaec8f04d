import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  compareLogs,
  enrolDevice,
  extendLog,
  guestAccount,
  guestSigner,
  headOf,
  MAX_ORIGIN_DEVICES,
  mayReceive,
  verifyLog,
  type AccountSigner,
  type DeviceLog,
} from '../../../core/identity/index.js';
import {
  changeLog,
  deviceConfirmer,
  type Confirmer,
  type LogChange,
} from '../../../core/identity/log-changes.js';
import {
  MAX_FULL_DEVICES,
  confirmationText,
  writeEntryText,
  type LogEntry,
} from '../../../core/identity/log-entries.js';
import { hasRoom, LOG_ENTRIES, RESERVED_LOG_ENTRIES } from '../../../core/identity/log-limits.js';
import { platformPrimitives, type KeyPair } from '../../../core/ratchet/index.js';
import { identityKey, newDevice } from '../../support/accounts.js';
import { refusal } from '../../support/codes.js';

const guest = await guestAccount(new Uint8Array(32).fill(1));
const signer = guestSigner(guest);
const { account } = guest;

/** Real identity keys: those that confirm must be able to sign. */
let keys: KeyPair[];
let confirmers: Confirmer[];

beforeAll(async () => {
  const primitives = await platformPrimitives();
  keys = await Promise.all(Array.from({ length: 12 }, () => primitives.generateKeyPair()));
  confirmers = keys.map(({ privateKey }, i) => deviceConfirmer(i + 1, privateKey));
});

const scoped = (n: number) => newDevice(n, { identityKey: keys[n - 1]?.publicKey ?? identityKey(n) });
const full = (n: number) => ({ kind: 'add-full', device: scoped(n) }) as const;
const add = (log: DeviceLog | undefined, n: number) => enrolDevice(log, signer, scoped(n));
const change = (log: DeviceLog, what: LogChange, by?: Confirmer) => changeLog(log, signer, what, by);

/** An entry as the account would sign it, whatever it says. */
async function signed(log: DeviceLog, entry: object) {
  const link = { account, index: log.entries.length, previous: log.head };
  const text = writeEntryText({ ...entry, ...link } as LogEntry);
  return { text, scheme: signer.scheme, signature: await signer.signText(text) };
}

/** A log of so many entries, of which the first adds a device and the others say it anew under another name. */
async function long(length: number): Promise<DeviceLog> {
  let log = await add(undefined, 1);
  while (log.entries.length < length) {
    log = await change(log, { kind: 'rename', deviceId: 1, name: `Name ${log.entries.length}` });
  }
  return log;
}

/** A signer that must not be asked. */
const untouched: AccountSigner = { ...signer, signText: () => Promise.reject(new Error('was asked')) };

describe('renaming and removing devices', () => {
  let two: DeviceLog;

  beforeAll(async () => {
    two = await add(await add(undefined, 1), 2);
  });

  it('changes the name and nothing else', async () => {
    const log = await change(two, { kind: 'rename', deviceId: 1, name: 'Laptop' });
    expect(log.devices).toEqual([{ ...two.devices[0]!, name: 'Laptop' }, two.devices[1]]);
    expect(log.former).toEqual([]);
    expect(await verifyLog(account, log.entries)).toEqual(log);
  });

  it('ends a device, which is remembered as it was last', async () => {
    const renamed = await change(two, { kind: 'rename', deviceId: 1, name: 'Laptop' });
    const log = await change(renamed, { kind: 'revoke', deviceId: 1 });
    expect(log.devices).toEqual([two.devices[1]]);
    expect(log.former).toEqual([renamed.devices[0]]);
    expect(await verifyLog(account, log.entries)).toEqual(log);
  });

  it('never takes the identity key of a device that ended again, under any id', async () => {
    const log = await change(two, { kind: 'revoke', deviceId: 1 });
    for (const deviceId of [1, 3]) {
      const again = await signed(log, { kind: 'add', ...scoped(1), deviceId });
      expect(await refusal(() => extendLog(log, account, again))).toBe('invalid-log-entry');
    }
    expect(await refusal(() => enrolDevice(log, untouched, scoped(1)))).toBe('invalid-log-entry');
  });

  it('uses an id again only when every other one was used, and with a new key', async () => {
    const log = await change(two, { kind: 'revoke', deviceId: 1 });
    expect((await add(log, 3)).devices.at(-1)!.id).toBe(3);
    const reused = await signed(log, { kind: 'add', ...scoped(4), deviceId: 1 });
    expect((await extendLog(log, account, reused)).devices.at(-1)).toMatchObject({ id: 1 });
    let long: DeviceLog | undefined;
    for (let n = 1; n <= 128; n += 1) {
      long = await enrolDevice(long, signer, newDevice(n));
      if (n < 128) long = await change(long, { kind: 'revoke', deviceId: n });
    }
    expect(long!.devices.map(({ id }) => id)).toEqual([1]);
  });

  it('is refused, unsigned, for a device that is not there or not there any more', async () => {
    const log = await change(two, { kind: 'revoke', deviceId: 1 });
    for (const what of [
      { kind: 'rename', deviceId: 1, name: 'x' },
      { kind: 'revoke', deviceId: 1 },
      { kind: 'grant', deviceId: 1 },
      { kind: 'revoke', deviceId: 99 },
    ] as const) {
      expect(await refusal(() => changeLog(log, untouched, what))).toBe('invalid-log-entry');
    }
  });

  it('is refused when the prompt named another device than the id does', async () => {
    const [{ origin, name }] = two.devices as [DeviceLog['devices'][0]];
    for (const lie of [
      { kind: 'revoke', deviceId: 1, origin, name: 'Device 2' },
      { kind: 'revoke', deviceId: 1, origin: 'https://evil.example', name },
      { kind: 'rename', deviceId: 1, origin, formerName: 'Device 2', name: 'x' },
      { kind: 'grant', deviceId: 1, origin: 'https://evil.example', name },
    ]) {
      const entry = await signed(two, lie);
      expect(await refusal(() => extendLog(two, account, entry))).toBe('invalid-log-entry');
    }
  });
});

describe('full access', () => {
  let one: DeviceLog;
  let two: DeviceLog;

  beforeAll(async () => {
    one = await changeLog(undefined, signer, full(1));
    two = await add(one, 2);
  });

  it('is given by the account alone while no device has it', async () => {
    expect(one.devices).toMatchObject([{ id: 1, capability: 'full', since: 0 }]);
    const late = await change(await add(undefined, 1), { kind: 'grant', deviceId: 1 });
    expect(late.devices).toMatchObject([{ id: 1, capability: 'full', since: 1 }]);
    expect(await verifyLog(account, late.entries)).toEqual(late);
  });

  it('is given by a device that has it, to one that is there or a new one', async () => {
    const granted = await change(two, { kind: 'grant', deviceId: 2 }, confirmers[0]);
    expect(granted.devices.map(({ capability }) => capability)).toEqual(['full', 'full']);
    const third = await changeLog(granted, signer, full(3), confirmers[1]);
    expect(third.devices.at(-1)).toMatchObject({ id: 3, capability: 'full' });
    expect(await verifyLog(account, third.entries)).toEqual(third);
  });

  it('is not given by the account alone once a device has it: the wallet is not even asked', async () => {
    expect(await refusal(() => changeLog(two, untouched, { kind: 'grant', deviceId: 2 }))).toBe(
      'invalid-log-entry',
    );
    expect(await refusal(() => changeLog(two, untouched, full(3)))).toBe('invalid-log-entry');
    for (const confirmedBy of [undefined, 1]) {
      const confirmation = confirmedBy && new Uint8Array(64);
      const entry = { kind: 'grant', deviceId: 2, name: 'Device 2', origin: 'https://shop.example' };
      const forged = await signed(two, { ...entry, confirmedBy, confirmation });
      expect(await refusal(() => extendLog(two, account, forged))).toBe('invalid-log-entry');
    }
  });

  it('is not given by a device that lacks it, has lost it, or is not the one that is named', async () => {
    const three = await add(two, 3);
    const grant = { kind: 'grant', deviceId: 3 } as const;
    const wrong: Confirmer[] = [
      confirmers[1]!,
      confirmers[2]!,
      confirmers[8]!,
      { ...confirmers[0]!, confirm: confirmers[1]!.confirm },
      { ...confirmers[1]!, confirm: confirmers[0]!.confirm },
      { deviceId: 1, confirm: () => Promise.resolve(new Uint8Array(64)) },
    ];
    for (const by of wrong) {
      expect(await refusal(() => changeLog(three, untouched, grant, by))).toBe('invalid-log-entry');
    }
    const granted = await change(three, { kind: 'grant', deviceId: 2 }, confirmers[0]);
    const without = await change(granted, { kind: 'revoke', deviceId: 1 });
    expect(await refusal(() => changeLog(without, untouched, grant, confirmers[0]))).toBe(
      'invalid-log-entry',
    );
    expect((await change(without, grant, confirmers[1])).devices).toHaveLength(2);
  });

  it('is confirmed for one entry only: not for another device, nor at another place in the log', async () => {
    const three = await add(two, 3);
    let captured: Uint8Array | undefined;
    const spy: Confirmer = {
      deviceId: 1,
      confirm: async (text) => (captured = await confirmers[0]!.confirm(text)),
    };
    await change(three, { kind: 'grant', deviceId: 2 }, spy);
    const replay: Confirmer = { deviceId: 1, confirm: () => Promise.resolve(captured!) };
    const moved = await change(three, { kind: 'rename', deviceId: 3, name: 'x' });
    expect(await refusal(() => changeLog(three, untouched, { kind: 'grant', deviceId: 3 }, replay))).toBe(
      'invalid-log-entry',
    );
    expect(await refusal(() => changeLog(moved, untouched, { kind: 'grant', deviceId: 2 }, replay))).toBe(
      'invalid-log-entry',
    );
  });

  it('comes back with the account alone after the last device that had it was removed', async () => {
    const none = await change(two, { kind: 'revoke', deviceId: 1 });
    const log = await change(none, { kind: 'grant', deviceId: 2 });
    expect(log.devices).toMatchObject([{ id: 2, capability: 'full' }]);
  });

  it('is not given twice', async () => {
    const grant = { kind: 'grant', deviceId: 1 } as const;
    expect(await refusal(() => changeLog(two, untouched, grant, confirmers[0]))).toBe('invalid-log-entry');
  });

  it('has its confirmation in a domain of its own', () => {
    const text = new TextDecoder().decode(confirmationText('a\nb\nc'));
    expect(text).toBe('coming-device-confirm-v1\na\nb');
  });

  it(`is held by ${MAX_FULL_DEVICES} devices at most`, async () => {
    let log = one;
    for (let n = 2; n <= MAX_FULL_DEVICES; n += 1) log = await changeLog(log, signer, full(n), confirmers[0]);
    expect(await refusal(() => changeLog(log, untouched, full(9), confirmers[0]))).toBe('too-many-devices');
    const more = await add(log, 9);
    const grant = { kind: 'grant', deviceId: 9 } as const;
    expect(await refusal(() => changeLog(more, untouched, grant, confirmers[0]))).toBe('too-many-devices');
    const less = await change(more, { kind: 'revoke', deviceId: 5 });
    expect((await change(less, grant, confirmers[0])).devices).toHaveLength(MAX_FULL_DEVICES);
  });
});

describe('a sender', () => {
  it('encrypts to devices with full access, and to those of the origin where the conversation was started', async () => {
    const log = await enrolDevice(await changeLog(undefined, signer, full(1)), signer, scoped(2));
    const to = (origin: string) => log.devices.filter((one) => mayReceive(one, origin)).map(({ id }) => id);
    expect(to('https://shop.example')).toEqual([1, 2]);
    for (const origin of ['https://forum.example', 'https://shop.example:8443', 'http://shop.example', '']) {
      expect(to(origin)).toEqual([1]);
    }
  });
});

describe('too many devices of single origins', () => {
  it('push out those that were added first, whatever times they claim', async () => {
    let log = await changeLog(undefined, signer, full(1));
    for (let n = 2; n <= MAX_ORIGIN_DEVICES + 1; n += 1) {
      log = await enrolDevice(log, signer, newDevice(n, { validFrom: Date.UTC(2999 - n, 0) }));
    }
    expect(log.former).toEqual([]);
    const more = await enrolDevice(log, signer, newDevice(90));
    expect(more.devices.map(({ id }) => id)).toEqual([1, ...log.devices.slice(2).map(({ id }) => id), 34]);
    expect(more.former).toEqual([log.devices[1]]);
    expect(await verifyLog(account, more.entries)).toEqual(more);
  });
});

describe('a log that split in two', () => {
  let one: DeviceLog;
  let kept: DeviceLog;
  let other: DeviceLog;
  let repaired: DeviceLog;

  beforeAll(async () => {
    one = await add(undefined, 1);
    kept = await add(one, 2);
    other = await add(await add(one, 3), 4);
    repaired = await change(kept, { kind: 'repair', other });
  });

  it('is repaired by an entry that names both branches: the one it follows, and what is dropped', () => {
    const { text } = repaired.entries.at(-1)!;
    expect(text).toContain(`\nPrevious entry: ${Buffer.from(kept.head).toString('hex')}\n`);
    const dropped = other.entries.slice(1).map((entry) => Buffer.from(headOf(entry.text)).toString('hex'));
    expect(text).toContain(`\nDropped entries: ${dropped.join(' ')}`);
    expect(repaired.devices).toEqual(kept.devices);
  });

  it('is then newer for whoever saw either branch, any state of it, and older looked at from behind', async () => {
    const middle = await verifyLog(account, other.entries.slice(0, 2));
    const later = await add(repaired, 5);
    for (const seen of [one, kept, other, middle]) {
      for (const log of [repaired, later]) {
        expect(compareLogs(seen, log)).toBe('newer');
        expect(compareLogs(log, seen)).toBe('older');
      }
    }
  });

  it('is still forked for what the repair does not name', async () => {
    for (const unnamed of [await add(other, 5), await add(one, 6)]) {
      expect(compareLogs(unnamed, repaired)).toBe('forked');
      expect(compareLogs(repaired, unnamed)).toBe('forked');
    }
  });

  it('is not repaired where there is no fork', async () => {
    const stranger = await enrolDevice(
      undefined,
      guestSigner(await guestAccount(new Uint8Array(32).fill(2))),
      newDevice(1),
    );
    for (const what of [one, kept, repaired, stranger]) {
      expect(await refusal(() => changeLog(kept, untouched, { kind: 'repair', other: what }))).toBe(
        'invalid-log-entry',
      );
    }
    const own = await signed(kept, { kind: 'repair', dropped: [one.head] });
    expect(await refusal(() => extendLog(kept, account, own))).toBe('invalid-log-entry');
  });

  it('is not begun by a repair', async () => {
    const text = writeEntryText({
      ...{ kind: 'repair', account, index: 0, previous: undefined },
      dropped: [new Uint8Array(32)],
    } as LogEntry);
    const entry = { text, scheme: signer.scheme, signature: await signer.signText(text) };
    expect(await refusal(() => verifyLog(account, [entry]))).toBe('invalid-log-entry');
  });
});

describe('any history of a device log', () => {
  type Step = { what: 'add' | 'full' | 'rename' | 'revoke' | 'grant'; which: number };
  const steps: fc.Arbitrary<Step[]> = fc.array(
    fc.record({
      what: fc.constantFrom('add', 'add', 'full', 'rename', 'revoke', 'grant'),
      which: fc.nat(20),
    }),
    { minLength: 1, maxLength: 14 },
  );

  /** Plays what can be played; refused steps change nothing. */
  async function play(history: readonly Step[], refused: { count: number }): Promise<DeviceLog[]> {
    const states: DeviceLog[] = [];
    const privateKeys = new Map<number, Uint8Array>();
    const primitives = await platformPrimitives();
    for (const { what, which } of history) {
      const log = states.at(-1);
      const target = log?.devices[which % Math.max(log.devices.length, 1)]?.id ?? 1;
      const granter = log?.devices.find(({ capability }) => capability === 'full');
      // Sometimes a device confirms that may not.
      const by = which % 5 === 0 ? log?.devices[0] : granter;
      const confirmer = by && deviceConfirmer(by.id, privateKeys.get(by.id)!);
      try {
        if (what === 'add' || what === 'full') {
          const pair = await primitives.generateKeyPair();
          const origin = `https://site${which % 3}.example`;
          const device = { ...newDevice(which + 1), origin, identityKey: pair.publicKey };
          const next = await (what === 'add'
            ? enrolDevice(log, signer, device)
            : changeLog(log, signer, { kind: 'add-full', device }, confirmer));
          privateKeys.set(next.devices.at(-1)!.id, pair.privateKey);
          states.push(next);
        } else if (log) {
          const order = what === 'rename' ? { kind: what, deviceId: target, name: `N ${which}` } : undefined;
          states.push(
            await changeLog(log, signer, order ?? { kind: what as 'revoke', deviceId: target }, confirmer),
          );
        }
      } catch (error) {
        expect(['invalid-log-entry', 'too-many-devices']).toContain((error as { code?: string }).code);
        refused.count += 1;
      }
    }
    return states;
  }

  it('verifies from the start to the same devices, whose ids and keys are never shared', async () => {
    const refused = { count: 0 };
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const states = await play(history, refused);
        for (const log of states.slice(-1)) {
          expect(await verifyLog(account, log.entries)).toEqual(log);
          const everybody = [...log.devices, ...log.former];
          const ofKeys = new Set(everybody.map(({ identityKey: key }) => Buffer.from(key).toString('hex')));
          expect(ofKeys.size).toBe(everybody.length);
          expect(new Set(log.devices.map(({ id }) => id)).size).toBe(log.devices.length);
        }
        states.forEach((log, i) => {
          expect(compareLogs(log, states.at(-1)!)).toBe(i === states.length - 1 ? 'same' : 'newer');
        });
      }),
      { numRuns: 40 },
    );
    expect(refused.count).toBeGreaterThan(0);
  }, 60_000);

  it('is told from every history that differs, unless one continues the other', async () => {
    await fc.assert(
      fc.asyncProperty(steps, steps, fc.nat(13), async (history, elsewhere, at) => {
        const states = await play(history, { count: 0 });
        const branch = states[at % Math.max(states.length, 1)];
        if (!branch) return;
        const [main, left] = [states.at(-1)!, await add(branch, 200 + elsewhere.length)];
        const isEnd = branch === main;
        expect(compareLogs(main, left)).toBe(isEnd ? 'newer' : 'forked');
        if (isEnd) return;
        const repaired = await change(main, { kind: 'repair', other: left });
        expect(compareLogs(left, repaired)).toBe('newer');
        expect(await verifyLog(account, repaired.entries)).toEqual(repaired);
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});

describe('a log that is full', () => {
  it('takes no more devices or names, and nobody is asked to sign them, but removals and repairs', async () => {
    const log = await long(LOG_ENTRIES - 1);
    const two = await add(log, 2);
    const other = await change(log, { kind: 'rename', deviceId: 1, name: 'Elsewhere' });
    const adding = { kind: 'add', device: scoped(3) } as const;
    const named = { kind: 'rename', deviceId: 1, name: 'Another' } as const;
    for (const what of [adding, full(3), named, { kind: 'grant', deviceId: 1 } as const]) {
      expect(await refusal(() => changeLog(two, untouched, what)), what.kind).toBe('log-full');
    }
    expect(await refusal(() => enrolDevice(two, untouched, scoped(3)))).toBe('log-full');
    // However it came about.
    const device = { deviceId: 1, name: two.devices[0]!.name, origin: two.devices[0]!.origin };
    const forced = await signed(two, { kind: 'rename', ...device, name: 'Forced', formerName: device.name });
    expect(await refusal(() => extendLog(two, account, forced))).toBe('invalid-log-entry');
    const repaired = await change(two, { kind: 'repair', other });
    const revoked = await change(repaired, { kind: 'revoke', deviceId: 2 });
    expect(revoked.devices.map(({ id }) => id)).toEqual([1]);
    expect(revoked.entries).toHaveLength(LOG_ENTRIES + 2);
    expect((await verifyLog(account, revoked.entries)).head).toEqual(revoked.head);
  }, 120_000);

  it('has an end that is never reached by checking signatures', async () => {
    const { entries } = await add(undefined, 1);
    const endless = Array.from({ length: LOG_ENTRIES + RESERVED_LOG_ENTRIES + 1 }, () => entries[0]!);
    const read = vi.fn(() => entries[0]!.text);
    const watched = endless.map((entry) => Object.defineProperty({ ...entry }, 'text', { get: read }));
    expect(await refusal(() => verifyLog(account, watched))).toBe('invalid-log-entry');
    expect(read).not.toHaveBeenCalled();
    const last = LOG_ENTRIES + RESERVED_LOG_ENTRIES - 1;
    expect([hasRoom(last, 'revoke'), hasRoom(last, 'repair'), hasRoom(last, 'add')]).toEqual([
      true,
      true,
      false,
    ]);
    expect([hasRoom(last + 1, 'revoke'), hasRoom(last + 1, 'repair')]).toEqual([false, false]);
  });
});
