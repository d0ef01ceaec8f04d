import { TypeRegistry } from '@polkadot/types';
import { getDynamicBuilder, getLookupFn } from '@polkadot-api/metadata-builders';
import type { Codec } from '@polkadot-api/substrate-bindings';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  contactStatus,
  MAX_ADDITIONAL_FIELDS,
  readAnchor,
  withAnchor,
  type Anchor,
  type ChainData,
  type IdentityInfo,
} from '../../../core/identity/anchor.js';
import { enrolDevice, guestAccount, guestSigner, type DeviceLog } from '../../../core/identity/index.js';
import { changeLog } from '../../../core/identity/log-changes.js';
import { newDevice } from '../../support/accounts.js';
import { refusal } from '../../support/codes.js';

const HEAD = new Uint8Array(32).fill(9);
const signer = guestSigner(await guestAccount(new Uint8Array(32).fill(1)));

/** What the chain's client makes of the pallet's types: the same library, fed with the types as metadata has them. */
function registrationCodec() {
  const lookup: { id: number; path: string[]; params: []; docs: []; def: object }[] = [];
  const type = (tag: string, value: unknown, path: string[] = []) =>
    lookup.push({ id: lookup.length, path, params: [], docs: [], def: { tag, value } }) - 1;
  const primitive = (name: string) => type('primitive', { tag: name });
  const one = (id: number) => [{ name: undefined, type: id, typeName: undefined, docs: [] }];
  const variant = (names: readonly (readonly [string, number?])[], path: string[]) =>
    type(
      'variant',
      names.map(([name, id], index) => ({ name, index, docs: [], fields: id === undefined ? [] : one(id) })),
      path,
    );
  const struct = (fields: Record<string, number>) =>
    type(
      'composite',
      Object.entries(fields).map(([name, id]) => ({ ...one(id)[0]!, name })),
    );
  const [u8, u32, u128] = [primitive('u8'), primitive('u32'), primitive('u128')];
  const arrays = Array.from({ length: 33 }, (_, len) => type('array', { len, type: u8 }));
  const data = variant(
    [
      ['None'],
      ...arrays.map((id, n) => [`Raw${n}`, id] as const),
      ...['BlakeTwo256', 'Sha256', 'Keccak256', 'ShaThree256'].map((name) => [name, arrays[32]!] as const),
    ],
    ['pallet_identity', 'types', 'Data'],
  );
  const info = struct({
    additional: type('sequence', type('tuple', [data, data])),
    ...{ display: data, legal: data, web: data, riot: data, email: data },
    pgp_fingerprint: variant([['None'], ['Some', arrays[20]!]], ['Option']),
    ...{ image: data, twitter: data },
  });
  const judgements = type('sequence', type('tuple', [u32, u8]));
  const registration = struct({ judgements, deposit: u128, info });
  const metadata = { lookup, pallets: [], apis: [], extrinsic: {}, outerEnums: {}, custom: [] };
  return getDynamicBuilder(getLookupFn(metadata as never)).buildDefinition(registration) as Codec<{
    info: IdentityInfo;
  }>;
}

const none = { type: 'None' };
const raw = (text: string) => ({
  type: `Raw${text.length}`,
  value: `0x${Buffer.from(text).toString('hex')}`,
});
const data: fc.Arbitrary<ChainData> = fc.oneof(
  fc.constant(none),
  fc.stringMatching(/^[a-z]{0,32}$/).map(raw),
  fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => ({ type: 'Sha256', value: `0x${hex}` })),
);

describe('the head in a registration on the chain', () => {
  it('is read from the bytes that @polkadot/types writes, and written so that it reads them', () => {
    const registry = new TypeRegistry();
    const theirs = registry.createType('Registration', {
      judgements: [],
      deposit: 12_500_000,
      info: {
        additional: [
          [{ Raw: 'matrix' }, { Raw: '@ada:example' }],
          [{ Raw: 'coming' }, { Raw: `0x${'09'.repeat(32)}` }],
        ],
        display: { Raw: 'Ada' },
        pgpFingerprint: `0x${'03'.repeat(20)}`,
      },
    } as never);
    const codec = registrationCodec();
    const decoded = codec.dec(theirs.toU8a());
    expect(readAnchor(decoded.info)).toEqual(HEAD);
    const bytes = codec.enc({ ...decoded, info: withAnchor(decoded.info, new Uint8Array(32).fill(7)) });
    const hex = Buffer.from(theirs.toU8a()).toString('hex').replace('09'.repeat(32), '07'.repeat(32));
    expect(Buffer.from(bytes).toString('hex')).toBe(hex);
    expect(registry.createType('Registration', bytes).toHex()).toBe(`0x${hex}`);
  });

  it('is undefined when nobody wrote one, and comes back once it is written; all else stays', () => {
    const info = fc.record({
      additional: fc.array(fc.tuple(data, data), { maxLength: 20 }),
      display: data,
      pgpFingerprint: fc.option(fc.string(), { nil: undefined }),
    });
    fc.assert(
      fc.property(info, fc.uint8Array({ minLength: 32, maxLength: 32 }), (before, head) => {
        expect(readAnchor(before)).toBeUndefined();
        const after = withAnchor(before, head);
        expect(readAnchor(after)).toEqual(head);
        expect(after).toEqual({ ...before, additional: [...before.additional, after.additional.at(-1)] });
        const again = withAnchor(withAnchor(after, HEAD), head);
        expect(again).toEqual(after);
      }),
    );
  });

  it('replaces the one that was there, where it was', () => {
    const additional = [
      [raw('matrix'), raw('@ada')],
      [raw('coming'), raw('x'.repeat(32))],
      [raw('site'), none],
    ] as const;
    const after = withAnchor({ additional }, HEAD);
    expect(after.additional.map(([key]) => key)).toEqual([raw('matrix'), raw('coming'), raw('site')]);
    expect(readAnchor(after)).toEqual(HEAD);
    const twice = { additional: [...additional, additional[1]] };
    expect(withAnchor(twice, HEAD)).toEqual(after);
  });

  it('counts as not written when it is no head, or when there are two, and is written anew', () => {
    const coming = raw('coming');
    const unclear: IdentityInfo['additional'][] = [
      [[coming, none]],
      [[coming, raw('short')]],
      [[coming, { type: 'Raw32', value: '0xzz' }]],
      [[coming, { type: 'Raw32', value: `0x${'0A'.repeat(32)}` }]],
      [[coming, { type: 'Sha256', value: `0x${'00'.repeat(32)}` }]],
      [
        [coming, raw('x'.repeat(32))],
        [coming, raw('y'.repeat(32))],
      ],
    ];
    for (const additional of unclear) {
      expect(readAnchor({ additional })).toBeUndefined();
      expect(withAnchor({ additional }, HEAD)).toEqual(withAnchor({ additional: [] }, HEAD));
    }
  });

  it('is refused in what is no registration, and when no field is free', async () => {
    for (const additional of [[[raw('coming')]], [null], 'text', undefined]) {
      expect(await refusal(() => readAnchor({ additional } as unknown as IdentityInfo))).toBe(
        'malformed-registration',
      );
    }
    const full = new Array<[ChainData, ChainData]>(MAX_ADDITIONAL_FIELDS).fill([raw('a'), none]);
    expect(await refusal(() => withAnchor({ additional: full }, HEAD))).toBe('malformed-registration');
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (additional) => {
        const info = { additional } as unknown as IdentityInfo;
        if (Array.isArray(additional) && additional.length === 0) return;
        expect(await refusal(() => readAnchor(info))).toBe('malformed-registration');
      }),
    );
  });
});

describe('a contact', () => {
  let one: DeviceLog;
  let two: DeviceLog;
  let three: DeviceLog;
  let fork: DeviceLog;
  let other: DeviceLog;
  const proven = (log: DeviceLog): Anchor => ({ head: log.head, proof: 'proven' });
  const asserted = (log: DeviceLog): Anchor => ({ head: log.head, proof: 'asserted' });
  const status = (...evidence: Parameters<typeof contactStatus>) => contactStatus(...evidence).status;

  beforeAll(async () => {
    one = await enrolDevice(undefined, signer, newDevice(1));
    two = await enrolDevice(one, signer, newDevice(2));
    three = await enrolDevice(two, signer, newDevice(3));
    fork = await enrolDevice(one, signer, newDevice(4));
    other = await enrolDevice(
      undefined,
      guestSigner(await guestAccount(new Uint8Array(32).fill(2))),
      newDevice(1),
    );
  });

  it('is unverified while the chain says nothing, whatever the reason', () => {
    expect(contactStatus({ log: two })).toEqual({ status: 'unverified', notAnchored: two.devices });
    expect(status({ log: two, known: one })).toBe('unverified');
  });

  it('is verified by the chain when the anchor covers all devices, and asserted on one endpoint’s word', () => {
    expect(contactStatus({ log: two, anchor: proven(two) })).toEqual({
      status: 'chain-verified',
      notAnchored: [],
    });
    expect(contactStatus({ log: two, anchor: asserted(two) })).toEqual({
      status: 'asserted',
      notAnchored: [],
    });
  });

  it('is newer than the anchor with devices or access that came later, not with a name or a removal', async () => {
    expect(contactStatus({ log: three, anchor: proven(one) })).toEqual({
      status: 'newer-than-anchor',
      notAnchored: three.devices.slice(1),
    });
    const granted = await changeLog(two, signer, { kind: 'grant', deviceId: 1 });
    expect(contactStatus({ log: granted, anchor: proven(two) })).toEqual({
      status: 'newer-than-anchor',
      notAnchored: [granted.devices[0]],
    });
    const renamed = await changeLog(two, signer, { kind: 'rename', deviceId: 1, name: 'x' });
    const removed = await changeLog(renamed, signer, { kind: 'revoke', deviceId: 2 });
    for (const log of [renamed, removed]) expect(status({ log, anchor: proven(two) })).toBe('chain-verified');
  });

  it('has changed when the log lacks what the chain has: a relay that hides a removal, or forked', async () => {
    const removed = await changeLog(two, signer, { kind: 'revoke', deviceId: 2 });
    for (const anchor of [proven, asserted]) {
      expect(status({ log: two, anchor: anchor(removed) })).toBe('changed');
      expect(status({ log: fork, anchor: anchor(two) })).toBe('changed');
    }
  });

  it('has changed when the log is not the one seen before, or an earlier state of it', () => {
    expect(status({ log: fork, known: two, anchor: proven(fork) })).toBe('changed');
    expect(status({ log: one, known: two })).toBe('changed');
    expect(status({ log: other, known: two })).toBe('changed');
    expect(status({ log: three, known: two, anchor: proven(three) })).toBe('chain-verified');
  });

  it('stays compared through devices that are properly added, and through a repair; through nothing else', async () => {
    const { account } = two;
    const compared = { account, log: two };
    expect(status({ log: two, compared })).toBe('compared');
    expect(contactStatus({ log: three, compared, anchor: proven(two) })).toEqual({
      status: 'compared',
      notAnchored: three.devices.slice(2),
    });
    const repaired = await changeLog(fork, signer, { kind: 'repair', other: two });
    expect(status({ log: repaired, compared, known: two })).toBe('compared');
    expect(status({ log: fork, compared })).toBe('changed');
    expect(status({ log: one, compared })).toBe('changed');
    expect(status({ log: other, compared })).toBe('changed');
    expect(status({ log: three, compared, anchor: proven(fork) })).toBe('changed');
  });
});
