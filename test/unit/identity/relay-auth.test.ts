import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  extendLog,
  guestAccount,
  guestSigner,
  relayAuthText,
  signRelayAuth,
  verifyAccountSignature,
  verifyRelayAuth,
  type RelayAuth,
} from '../../../core/identity/index.js';
import { platformPrimitives, type KeyPair, type Primitives } from '../../../core/ratchet/index.js';
import { signedEntry } from '../../support/accounts.js';
import { refusal } from '../../support/codes.js';

const AUTH: RelayAuth = {
  domain: 'relay.example:8443',
  relayNonce: new Uint8Array(32).fill(1),
  clientNonce: new Uint8Array(32).fill(2),
  account: new Uint8Array(32).fill(3),
  deviceId: 4,
  time: 1_750_000_000_000,
};

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const anyAuth: fc.Arbitrary<RelayAuth> = fc.record({
  domain: fc.domain(),
  relayNonce: bytes32,
  clientNonce: bytes32,
  account: bytes32,
  deviceId: fc.integer({ min: 1, max: 127 }),
  time: fc.nat(),
});

let primitives: Primitives;

beforeAll(async () => {
  primitives = await platformPrimitives();
});

describe('a log-in to a relay', () => {
  let device: KeyPair;
  let signature: Uint8Array;

  beforeAll(async () => {
    device = await primitives.generateKeyPair();
    signature = await signRelayAuth(device.privateKey, AUTH);
  });

  it('verifies with the key of the device that signed', async () => {
    expect(signature).toHaveLength(64);
    expect(await verifyRelayAuth(device.publicKey, AUTH, signature)).toBe(true);
    const other = await primitives.generateKeyPair();
    expect(await verifyRelayAuth(other.publicKey, AUTH, signature)).toBe(false);
  });

  it('verifies for nothing but what was signed', async () => {
    const others: Partial<RelayAuth>[] = [
      { domain: 'relay.example' },
      { domain: 'evil.example:8443' },
      { domain: 'relay.example:8443\n' },
      { relayNonce: new Uint8Array(32) },
      { clientNonce: new Uint8Array(32) },
      { relayNonce: AUTH.clientNonce, clientNonce: AUTH.relayNonce },
      { account: new Uint8Array(32) },
      { deviceId: 5 },
      { time: AUTH.time + 1 },
    ];
    for (const changes of others) {
      expect(await verifyRelayAuth(device.publicKey, { ...AUTH, ...changes }, signature)).toBe(false);
    }
  });

  it('cannot be read as another log-in: two that differ have two texts', () => {
    fc.assert(
      fc.property(anyAuth, anyAuth, (a, b) => {
        expect(relayAuthText(a)).toEqual(relayAuthText({ ...a }));
        expect(relayAuthText(a)).not.toEqual(relayAuthText(b));
      }),
    );
    for (const domain of ['a b', 'a\nb', 'a\tb', 'a\u2028b']) {
      expect(() => relayAuthText({ ...AUTH, domain })).toThrow(RangeError);
    }
  });

  it('is false, never an error, for bytes that are no signature', async () => {
    for (const bytes of [
      new Uint8Array(),
      new Uint8Array(63),
      new Uint8Array(64),
      new Uint8Array(64).fill(255),
    ]) {
      expect(await verifyRelayAuth(device.publicKey, AUTH, bytes)).toBe(false);
    }
  });

  it('lies in a domain of its own: no text that it signs is a pre-key', () => {
    fc.assert(
      fc.property(anyAuth, (auth) => {
        expect([5, 8]).not.toContain(relayAuthText(auth)[0]);
      }),
    );
  });
});

describe('the texts that are signed', async () => {
  const guest = await guestAccount(new Uint8Array(32).fill(9));
  const signer = guestSigner(guest);

  it('never stand for each other: a signed log-in enrols no device', async () => {
    const text = new TextDecoder().decode(relayAuthText({ ...AUTH, account: guest.account }));
    const entry = { text, scheme: 'ed25519' as const, signature: await signer.signText(text) };
    expect(await verifyAccountSignature(guest.account, 'ed25519', text, entry.signature)).toBe(true);
    expect(await refusal(() => extendLog(undefined, guest.account, entry))).toBe('invalid-log-entry');
  });

  it('never stand for each other: a signed log entry logs nobody in', async () => {
    const device = await primitives.generateKeyPair();
    const auth = { ...AUTH, account: guest.account };
    const { text, signature } = await signedEntry(signer, 0, { identityKey: device.publicKey });
    const byDevice = await primitives.sign(device.privateKey, new TextEncoder().encode(text));
    for (const bytes of [signature, byDevice]) {
      expect(await verifyRelayAuth(device.publicKey, auth, bytes)).toBe(false);
    }
    const preKey = await primitives.generateKeyPair();
    const preKeySignature = await primitives.sign(device.privateKey, preKey.publicKey);
    expect(await verifyRelayAuth(device.publicKey, auth, preKeySignature)).toBe(false);
  });

  it('never stand for each other: a log-in signature of a device is no signature of an account', async () => {
    const device = await primitives.generateKeyPair();
    const entry = await signedEntry(signer, 0, { identityKey: device.publicKey });
    const signature = await signRelayAuth(device.privateKey, { ...AUTH, account: guest.account });
    expect(await refusal(() => extendLog(undefined, guest.account, { ...entry, signature }))).toBe(
      'invalid-log-entry',
    );
  });
});
