import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  extendLog,
  guestAccount,
  guestSigner,
  relayAuthText,
  verifyAccountSignature,
} from '../../../core/identity/index.js';
import { writeEntryText, type LogEntry } from '../../../core/identity/log-entries.js';
import { verifySignIn, writeSignIn } from '../../../core/identity/sign-in.js';
import {
  parseHandOver,
  parsePaymentStatement,
  signHandOver,
  verifyHandOver,
  verifyPaymentStatement,
  writeHandOver,
  writePaymentStatement,
} from '../../../core/identity/statements.js';
import { identityKey, independentSigner, SCHEMES, type IndependentSigner } from '../../support/accounts.js';
import { refusal } from '../../support/codes.js';

const guest = await guestAccount(new Uint8Array(32).fill(1));
const wallet = await guestAccount(new Uint8Array(32).fill(2));
const LOG_HEAD = new Uint8Array(32).fill(9);
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const CHAIN = `polkadot:${'0a'.repeat(16)}`;
const HAND_OVER = { from: guest.account, to: wallet.account, logHead: LOG_HEAD, time: NOW };
const PAYMENT = {
  intent: new Uint8Array(16).fill(7),
  payer: guest.account,
  payingAccount: wallet.account,
  chain: CHAIN,
};
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe('a hand-over', () => {
  it('names both accounts and where the first one’s device log ends', () => {
    expect(writeHandOver(HAND_OVER)).toMatchInlineSnapshot(`
      "Coming hand-over: one account continues the conversations of another

      From: 5SmfeV146F5SiuagGBHCW24xFKuGkdoTh212fxxYkFAKZsyZ
      To: 5SZTd2Uvnqj2eVCbYr5Gyap6LiDTpMDADXR99a458Uvcydvq
      Last entry of the first device log: 0909090909090909090909090909090909090909090909090909090909090909
      Time: 2026-01-02T03:04:05.000Z"
    `);
  });

  it('reads back as what was written', () => {
    const handOver = fc
      .record({ from: bytes(32), to: bytes(32), logHead: bytes(32), time: fc.nat(Date.UTC(3000, 0)) })
      .filter(({ from, to }) => String(from) !== String(to));
    fc.assert(
      fc.property(handOver, (fields) => {
        expect(parseHandOver(writeHandOver(fields))).toEqual(fields);
      }),
    );
  });

  it('counts with both signatures only', async () => {
    const signed = await signHandOver(HAND_OVER, guestSigner(guest), guestSigner(wallet));
    expect(await verifyHandOver(signed)).toEqual(HAND_OVER);
    const none = { scheme: 'ed25519', signature: new Uint8Array(64) } as const;
    for (const bad of [
      { ...signed, from: none },
      { ...signed, to: none },
      { ...signed, from: signed.to },
      { ...signed, to: signed.from },
      { ...signed, from: signed.to, to: signed.from },
      { ...signed, text: writeHandOver({ ...HAND_OVER, from: wallet.account, to: guest.account }) },
      { ...signed, text: writeHandOver({ ...HAND_OVER, time: NOW + 1 }) },
    ]) {
      expect(await refusal(() => verifyHandOver(bad))).toBe('invalid-statement');
    }
  });

  it('is between two accounts', async () => {
    expect(await refusal(() => writeHandOver({ ...HAND_OVER, to: guest.account }))).toBe('invalid-statement');
  });
});

describe('a payment statement', () => {
  it('names the payment, who it counts for, and the account that the money comes from', () => {
    expect(writePaymentStatement(PAYMENT)).toMatchInlineSnapshot(`
      "Coming payment statement: a payment from this account is mine

      Payment: 07070707070707070707070707070707
      Payer: 5SmfeV146F5SiuagGBHCW24xFKuGkdoTh212fxxYkFAKZsyZ
      Paying account: 5SZTd2Uvnqj2eVCbYr5Gyap6LiDTpMDADXR99a458Uvcydvq
      Chain ID: polkadot:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
    `);
  });

  it('reads back as what was written', () => {
    const statement = fc.record({
      ...{ intent: bytes(16), payer: bytes(32), payingAccount: bytes(32) },
      chain: fc.stringMatching(/^[0-9a-f]{32}$/).map((hex) => `polkadot:${hex}`),
    });
    fc.assert(
      fc.property(statement, (fields) => {
        expect(parsePaymentStatement(writePaymentStatement(fields))).toEqual(fields);
      }),
    );
  });

  it('is the paying account’s to sign', async () => {
    const text = writePaymentStatement(PAYMENT);
    const by = async (account: typeof guest) => ({
      ...{ text, scheme: 'ed25519' as const },
      signature: await guestSigner(account).signText(text),
    });
    expect(await verifyPaymentStatement(await by(wallet))).toEqual(PAYMENT);
    expect(await refusal(async () => verifyPaymentStatement(await by(guest)))).toBe('invalid-statement');
  });
});

it('statements are written in one way only', () => {
  const insert = fc.oneof(
    fc.string({ maxLength: 3 }),
    fc.constantFrom('\n', '\r', '\u2028', ' ', '0', '\u202e', '\0'),
  );
  for (const [text, readAndWrite] of [
    [writeHandOver(HAND_OVER), (changed: string) => writeHandOver(parseHandOver(changed))],
    [
      writePaymentStatement(PAYMENT),
      (changed: string) => writePaymentStatement(parsePaymentStatement(changed)),
    ],
  ] as const) {
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(3), insert, (at, remove, what) => {
        const changed = text.slice(0, at) + what + text.slice(at + remove);
        try {
          expect(readAndWrite(changed)).toBe(changed);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-statement' });
        }
      }),
      { numRuns: 500 },
    );
    for (const variant of [`${text}\n`, text.replaceAll('\n', '\r\n'), `<Bytes>${text}</Bytes>`]) {
      expect(() => readAndWrite(variant)).toThrow(expect.objectContaining({ code: 'invalid-statement' }));
    }
  }
});

describe.each(SCHEMES)('what an account of %s signs', (scheme) => {
  let signers: IndependentSigner[];
  let account: Uint8Array;
  let texts: Record<string, string>;
  let verifiers: Record<string, (text: string, signature: Uint8Array) => Promise<unknown>>;

  beforeAll(async () => {
    signers = [
      await independentSigner(scheme, 'Ada'),
      await independentSigner(scheme, 'Ada', { wrap: true }),
    ];
    ({ account } = signers[0]!);
    const link = { account, index: 0, previous: undefined };
    const about = { ...link, deviceId: 1, name: 'Phone', origin: 'https://shop.example' };
    const added = { ...about, identityKey: identityKey(1), relays: [], validFrom: NOW };
    const alone = { confirmedBy: undefined, confirmation: undefined };
    const entries: LogEntry[] = [
      { kind: 'add', ...added },
      { kind: 'add-full', ...added, ...alone },
      { kind: 'rename', ...about, formerName: 'Old' },
      { kind: 'revoke', ...about },
      { kind: 'grant', ...about, ...alone },
      { kind: 'repair', ...link, index: 1, previous: LOG_HEAD, dropped: [LOG_HEAD] },
    ];
    const signIn = {
      ...{ domain: 'shop.example', uri: 'https://shop.example/', nonce: 'x7FkQ2mN0pLs9TzB', chain: CHAIN },
      ...{ account, issuedAt: NOW, expiresAt: NOW + 60_000 },
    };
    texts = {
      ...Object.fromEntries(entries.map((entry) => [entry.kind, writeEntryText(entry)])),
      'sign-in': writeSignIn(signIn),
      'hand-over': writeHandOver({ ...HAND_OVER, from: account }),
      'hand-over to': writeHandOver({ ...HAND_OVER, to: account }),
      payment: writePaymentStatement({ ...PAYMENT, payingAccount: account }),
      'relay log-in': new TextDecoder().decode(
        relayAuthText({
          ...{ domain: 'relay.example', relayNonce: LOG_HEAD, clientNonce: LOG_HEAD },
          ...{ account, deviceId: 1, time: NOW },
        }),
      ),
    };
    const { domain, nonce } = signIn;
    const own = (signature: Uint8Array) => ({ scheme, signature });
    verifiers = {
      log: (text, signature) => extendLog(undefined, account, { text, ...own(signature) }),
      'sign-in': (message, signature) =>
        verifySignIn({ message, ...own(signature), domain, nonce, now: NOW, account }),
      // The other account would sign anything.
      'hand-over': async (text, signature) =>
        verifyHandOver({
          text,
          from: own(signature),
          to: { scheme: 'ed25519', signature: await guestSigner(wallet).signText(text) },
        }),
      'hand-over to': async (text, signature) =>
        verifyHandOver({
          text,
          from: { scheme: 'ed25519', signature: await guestSigner(guest).signText(text) },
          to: own(signature),
        }),
      payment: (text, signature) => verifyPaymentStatement({ text, ...own(signature) }),
    };
  });

  it('is believed by the verifier of its own kind and refused by every other, raw and wrapped', async () => {
    const believed: string[] = [];
    for (const signer of signers) {
      for (const [kind, text] of Object.entries(texts)) {
        const signature = await signer.signText(text);
        expect(await verifyAccountSignature(account, scheme, text, signature)).toBe(true);
        for (const [name, verify] of Object.entries(verifiers)) {
          try {
            await verify(text, signature);
            believed.push(`${kind} by ${name}`);
          } catch (error) {
            expect(error).toMatchObject({ name: 'ComingError' });
          }
        }
      }
    }
    // The other kinds of entries cannot stand at the beginning of a log, which the tests of the log show.
    const once = [
      'add by log',
      'add-full by log',
      'sign-in by sign-in',
      'hand-over by hand-over',
      'hand-over to by hand-over to',
      'payment by payment',
    ];
    expect(believed).toEqual([...once, ...once]);
  });

  it('begins with words that no other kind begins with', () => {
    const starts = Object.values(texts).map((text) => text.split('\n')[0]!.replace(/ (on )?https:.*/, ''));
    expect(new Set(starts).size).toBe(starts.length - 1); // one hand-over, in two directions
  });
});
