import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  compareLogs,
  enrolDevice,
  extendLog,
  fromWireEntry,
  guestAccount,
  guestSigner,
  headOf,
  toWireEntry,
  verifyAccountSignature,
  verifyLog,
  type DeviceLog,
  type SignedEntry,
} from '../../../core/identity/index.js';
import { changeLog } from '../../../core/identity/log-changes.js';
import { relay as wire } from '../../../proto/gen/relay.js';
import {
  identityKey,
  independentSigner,
  newDevice,
  SCHEMES,
  signedEntry,
  type IndependentSigner,
} from '../../support/accounts.js';
import { refusal } from '../../support/codes.js';

const guest = await guestAccount(new Uint8Array(32).fill(1));
const signer = guestSigner(guest);
const { account } = guest;

/** A log of one account with this many devices. */
async function logOf(devices: number): Promise<DeviceLog> {
  let log: DeviceLog | undefined;
  for (let n = 1; n <= devices; n += 1) log = await enrolDevice(log, signer, newDevice(n));
  return log!;
}

describe('a device log', () => {
  let one: DeviceLog;
  let two: DeviceLog;

  beforeAll(async () => {
    one = await logOf(1);
    two = await enrolDevice(one, signer, newDevice(2));
  });

  it('lists every device that the account signed in, as it was signed', async () => {
    const verified = await verifyLog(account, two.entries);
    expect(verified).toEqual(two);
    expect(verified.devices).toEqual(
      [1, 2].map((n) => ({
        id: n,
        identityKey: identityKey(n),
        name: `Device ${n}`,
        origin: 'https://shop.example',
        capability: 'origin',
        relays: ['wss://relay.example/'],
        validFrom: Date.UTC(2026, 0, n),
        since: n - 1,
      })),
    );
    expect(verified.former).toEqual([]);
    expect(verified.head).toEqual(headOf(two.entries[1]!.text));
  });

  it('grows from an earlier state without being verified again from the start', async () => {
    expect(await extendLog(one, account, two.entries[1]!)).toEqual(two);
  });

  it('is not changed by being extended', async () => {
    const before = structuredClone(one);
    await extendLog(one, account, two.entries[1]!);
    await refusal(() => extendLog(one, account, one.entries[0]!));
    expect(one).toEqual(before);
  });

  it('lets everything else go on while a long one is verified: whoever sends something chooses how long', async () => {
    let long = one;
    for (let n = 0; n < 100; n += 1) {
      long = await changeLog(long, signer, { kind: 'rename', deviceId: 1, name: `Name ${n}` });
    }
    let turns = 0;
    const timer = setInterval(() => (turns += 1));
    expect(await verifyLog(account, long.entries)).toEqual(long);
    clearInterval(timer);
    expect(turns).toBeGreaterThanOrEqual(5);
  });

  it('cannot be empty, and cannot begin in the middle', async () => {
    expect(await refusal(() => verifyLog(account, []))).toBe('invalid-log-entry');
    expect(await refusal(() => verifyLog(account, two.entries.slice(1)))).toBe('invalid-log-entry');
  });

  it('takes entries in their order only, each once', async () => {
    const [first, second] = two.entries as [SignedEntry, SignedEntry];
    for (const entries of [
      [second, first],
      [first, first],
      [first, second, second],
      [first, second, first],
    ]) {
      expect(await refusal(() => verifyLog(account, entries))).toBe('invalid-log-entry');
    }
  });

  it("refuses an entry of another account's log, though that account signed it", async () => {
    const other = guestSigner(await guestAccount(new Uint8Array(32).fill(2)));
    const foreign = await enrolDevice(undefined, other, newDevice(1));
    expect(await refusal(() => verifyLog(account, foreign.entries))).toBe('invalid-log-entry');
    const claimed = await signedEntry(other, 0, { account });
    expect(await refusal(() => verifyLog(account, [claimed]))).toBe('invalid-log-entry');
  });

  it('refuses a wrong number, a wrong previous entry, a taken device id and a taken key', async () => {
    const { head } = one;
    const good = await signedEntry(signer, 1, { previous: head });
    expect((await extendLog(one, account, good)).devices).toHaveLength(2);
    const bad = await Promise.all([
      signedEntry(signer, 0, {}),
      signedEntry(signer, 2, { previous: head }),
      signedEntry(signer, 1, { previous: new Uint8Array(32) }),
      signedEntry(signer, 1, { previous: head.toReversed() }),
      signedEntry(signer, 1, { previous: head, deviceId: 1 }),
      signedEntry(signer, 1, { previous: head, identityKey: identityKey(1) }),
    ]);
    for (const entry of bad)
      expect(await refusal(() => extendLog(one, account, entry))).toBe('invalid-log-entry');
  });

  it('refuses a signature that is bent anywhere, cut, empty, or over another text', async () => {
    const [entry] = one.entries as [SignedEntry];
    for (let byte = 0; byte < 64; byte += 1) {
      const signature = Uint8Array.from(entry.signature);
      signature[byte]! ^= 1 << (byte % 8);
      expect(await refusal(() => verifyLog(account, [{ ...entry, signature }]))).toBe('invalid-log-entry');
    }
    const others = [
      new Uint8Array(),
      entry.signature.slice(1),
      Uint8Array.of(...entry.signature, 0),
      await signer.signText(`${entry.text}\n`),
      two.entries[1]!.signature,
    ];
    for (const signature of others) {
      expect(await refusal(() => verifyLog(account, [{ ...entry, signature }]))).toBe('invalid-log-entry');
    }
  });

  it('gives a new device the lowest free id', () => {
    expect(two.devices.map(({ id }) => id)).toEqual([1, 2]);
  });

  it('does not take from a wallet what is not a signature of this account over this text', async () => {
    const other = guestSigner(await guestAccount(new Uint8Array(32).fill(2)));
    const liars = [
      { ...signer, signText: (text: string) => signer.signText(`${text} `) },
      { ...signer, signText: other.signText },
      { ...signer, signText: () => Promise.resolve(new Uint8Array(64)) },
      { ...signer, scheme: 'sr25519' as const },
    ];
    for (const liar of liars) {
      expect(await refusal(() => enrolDevice(one, liar, newDevice(2)))).toBe('invalid-log-entry');
    }
  });

  it('asks the wallet for nothing when the device cannot stand in an entry', async () => {
    const untouched = { ...signer, signText: () => Promise.reject(new Error('was asked')) };
    expect(await refusal(() => enrolDevice(undefined, untouched, newDevice(1, { name: 'a\nb' })))).toBe(
      'invalid-log-entry',
    );
  });

  it('is the same, newer, older or forked, whichever way it is looked at', async () => {
    const three = await enrolDevice(two, signer, newDevice(3));
    const fork = await enrolDevice(one, signer, newDevice(4));
    const longFork = await enrolDevice(fork, signer, newDevice(5));
    const other = await enrolDevice(
      undefined,
      guestSigner(await guestAccount(new Uint8Array(32).fill(2))),
      newDevice(1),
    );
    for (const log of [one, two, three]) expect(compareLogs(log, log)).toBe('same');
    const chain = [one, two, three];
    chain.forEach((log, i) => {
      for (const later of chain.slice(i + 1)) {
        expect(compareLogs(log, later)).toBe('newer');
        expect(compareLogs(later, log)).toBe('older');
      }
    });
    for (const [a, b] of [
      [two, fork],
      [two, longFork],
      [three, fork],
      [one, other],
    ] as const) {
      expect(compareLogs(a, b)).toBe('forked');
      expect(compareLogs(b, a)).toBe('forked');
    }
  });

  it('is the same log when an entry was signed twice', async () => {
    const sr = await independentSigner('sr25519', 'Twice');
    const entries = await Promise.all([signedEntry(sr, 0, {}), signedEntry(sr, 0, {})]);
    expect(entries[0].signature).not.toEqual(entries[1].signature);
    const [a, b] = await Promise.all(entries.map((entry) => verifyLog(sr.account, [entry])));
    expect(a!.head).toEqual(b!.head);
    expect(compareLogs(a!, b!)).toBe('same');
  });
});

describe.each(SCHEMES)('an account with a key of %s, as @polkadot/keyring makes it', (scheme) => {
  let raw: IndependentSigner;
  let wrapping: IndependentSigner;

  beforeAll(async () => {
    raw = await independentSigner(scheme, 'Ada');
    wrapping = await independentSigner(scheme, 'Ada', { wrap: true });
  });

  it('signs devices in, with and without the wrapping of wallet extensions', async () => {
    const first = await enrolDevice(undefined, raw, newDevice(1));
    const log = await enrolDevice(first, wrapping, newDevice(2));
    expect((await verifyLog(raw.account, log.entries)).devices).toHaveLength(2);
  });

  it('may show its address for any network', async () => {
    const elsewhere = await independentSigner(scheme, 'Ada', { prefix: 42 });
    const log = await enrolDevice(undefined, elsewhere, newDevice(1));
    expect(log.account).toEqual(raw.account);
  });

  it('is not believed when the signature is said to be of another scheme', async () => {
    const entry = await signedEntry(raw, 0, {});
    for (const other of SCHEMES.filter((name) => name !== scheme)) {
      expect(await refusal(() => verifyLog(raw.account, [{ ...entry, scheme: other }]))).toBe(
        'invalid-log-entry',
      );
    }
  });

  it('is not believed for anything that it did not sign', async () => {
    const text = 'a text';
    const signature = await raw.signText(text);
    const check = (by: Uint8Array, what: string, signed: Uint8Array) =>
      verifyAccountSignature(by, scheme, what, signed);
    expect(await check(raw.account, text, signature)).toBe(true);
    expect(await check(raw.account, text, await wrapping.signText(text))).toBe(true);
    expect(await check(raw.account, 'another text', signature)).toBe(false);
    expect(await check(raw.account, `<Bytes>${text}</Bytes>`, signature)).toBe(false);
    expect(await check((await independentSigner(scheme, 'Bo')).account, text, signature)).toBe(false);
    expect(await check(new Uint8Array(32), text, signature)).toBe(false);
  });

  it('gives false, never an error, for bytes that are no signature', async () => {
    const size = scheme === 'ecdsa' ? 65 : 64;
    const signature = fc.oneof(
      fc.uint8Array({ minLength: size, maxLength: size }),
      fc.uint8Array({ maxLength: 70 }),
      fc.constantFrom(new Uint8Array(size), new Uint8Array(size).fill(255)),
    );
    await fc.assert(
      fc.asyncProperty(signature, async (bytes) => {
        expect(await verifyAccountSignature(raw.account, scheme, 'a text', bytes)).toBe(false);
      }),
      { numRuns: 40 },
    );
  });
});

describe('an entry on the wire', () => {
  it('comes back as it was, for every scheme', async () => {
    for (const scheme of SCHEMES) {
      const entry = await signedEntry(await independentSigner(scheme, 'Wire'), 0, {});
      const bytes = wire.LogEntry.encode(toWireEntry(entry)).finish();
      const back = fromWireEntry(wire.LogEntry.decode(bytes));
      expect({ ...back, signature: Uint8Array.from(back.signature) }).toEqual(entry);
    }
  });

  it('is refused when incomplete or of an unknown scheme', async () => {
    const good = toWireEntry(await signedEntry(signer, 0, {}));
    const { SCHEME_UNKNOWN } = wire.SignatureScheme;
    for (const bad of [
      {},
      { ...good, text: '' },
      { ...good, scheme: SCHEME_UNKNOWN },
      { ...good, scheme: 4 as wire.SignatureScheme },
      { ...good, scheme: -1 as wire.SignatureScheme },
      { text: good.text!, scheme: good.scheme! },
    ]) {
      expect(await refusal(() => fromWireEntry(bad))).toBe('invalid-log-entry');
    }
  });
});
