import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { base58 } from '@scure/base';
import {
  askDomain,
  didDocument,
  didOfDomain,
  parseDid,
  provesDomain,
  writeDid,
} from '../../../core/identity/did.js';
import {
  encodeAddress,
  enrolDevice,
  guestAccount,
  guestSigner,
  type DeviceLog,
} from '../../../core/identity/index.js';
import { identityKey, newDevice } from '../../support/accounts.js';
import { refusal } from '../../support/codes.js';

const guest = await guestAccount(new Uint8Array(32).fill(1));
const CHAIN = '0a'.repeat(16);
const DID = writeDid({ chain: CHAIN, account: guest.account });

describe('a DID', () => {
  it('is did:pkh over the chain and the Coming ID, and reads back', () => {
    expect(DID).toBe(`did:pkh:polkadot:${CHAIN}:${encodeAddress(guest.account)}`);
    const any = fc.record({
      chain: fc.stringMatching(/^[0-9a-f]{32}$/),
      account: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    });
    fc.assert(
      fc.property(any, (did) => {
        expect(parseDid(writeDid(did))).toEqual(did);
      }),
    );
  });

  it('is written in one way only, and refused in one way only', async () => {
    const comingId = encodeAddress(guest.account);
    for (const bad of [
      '',
      `${DID} `,
      `${DID}\n`,
      `${DID}#account`,
      `${DID}?x`,
      DID.toUpperCase(),
      DID.replace('pkh', 'web'),
      DID.replace('polkadot', 'eip155'),
      DID.replace(CHAIN, CHAIN.toUpperCase()),
      DID.replace(CHAIN, CHAIN.slice(1)),
      DID.replace(comingId, encodeAddress(guest.account, 42)),
      DID.replace(
        comingId,
        comingId.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a')),
      ),
      `${DID}${'1'.repeat(1_000_000)}`,
    ]) {
      expect(await refusal(() => parseDid(bad)), bad.slice(0, 200)).toBe('malformed-did');
    }
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.nat(DID.length), async (noise, at) => {
        expect(await refusal(() => parseDid(noise))).toBe('malformed-did');
        const changed = DID.slice(0, at) + noise + DID.slice(at);
        if (noise !== '') expect(await refusal(() => parseDid(changed))).toBe('malformed-did');
      }),
    );
  });

  it('is of a chain', async () => {
    expect(await refusal(() => writeDid({ chain: 'x', account: guest.account }))).toBe('malformed-did');
  });
});

describe('a DID document', () => {
  let log: DeviceLog;

  beforeAll(async () => {
    const signer = guestSigner(guest);
    const first = await enrolDevice(undefined, signer, newDevice(1));
    log = await enrolDevice(
      first,
      signer,
      newDevice(2, { relays: ['wss://relay.example/', 'wss://b.example/'] }),
    );
  });

  it('gives the account’s key, the devices’ keys and the relays that reach them', () => {
    const document = didDocument(CHAIN, log, 'ed25519', ['shop.example', 'localhost:5173']);
    expect(document).toMatchObject({
      '@context': ['https://www.w3.org/ns/did/v1.1'],
      id: DID,
      alsoKnownAs: ['did:web:shop.example', 'did:web:localhost%3A5173'],
      authentication: [`${DID}#account`],
      assertionMethod: [`${DID}#account`],
      keyAgreement: [`${DID}#device-1`, `${DID}#device-2`],
      service: [
        { id: `${DID}#relay-1`, type: 'ComingRelay', serviceEndpoint: 'wss://relay.example/' },
        { id: `${DID}#relay-2`, type: 'ComingRelay', serviceEndpoint: 'wss://b.example/' },
      ],
    });
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    const ids = document.verificationMethod.map(({ id }) => id);
    expect(ids).toEqual([...document.authentication, ...document.keyAgreement]);
    expect(
      document.verificationMethod.every(({ type, controller }) => type === 'Multikey' && controller === DID),
    ).toBe(true);
  });

  it('writes keys as Multikey: base58 behind z, with the multicodec of their kind', () => {
    const keyOf = (scheme: 'ed25519' | 'sr25519', at: number) => {
      const { publicKeyMultibase } = didDocument(CHAIN, log, scheme).verificationMethod[at]!;
      expect(publicKeyMultibase![0]).toBe('z');
      return base58.decode(publicKeyMultibase!.slice(1));
    };
    expect(keyOf('ed25519', 0)).toEqual(Uint8Array.of(0xed, 0x01, ...guest.account));
    expect(keyOf('sr25519', 0)).toEqual(Uint8Array.of(0xef, 0x01, ...guest.account));
    expect(keyOf('ed25519', 1)).toEqual(Uint8Array.of(0xec, 0x01, ...identityKey(1).slice(1)));
    // Ed25519 keys as Multikey begin with these, X25519 ones with those: as in the specification's examples.
    const [owner, device] = didDocument(CHAIN, log, 'ed25519').verificationMethod;
    expect(owner!.publicKeyMultibase).toMatch(/^z6Mk/);
    expect(device!.publicKeyMultibase).toMatch(/^z6LS/);
  });

  it('names an ecdsa account by its address: the key cannot be told from it', () => {
    const [owner] = didDocument(CHAIN, log, 'ecdsa').verificationMethod;
    expect(owner).toEqual({
      id: `${DID}#account`,
      type: 'EcdsaSecp256k1RecoveryMethod2020',
      controller: DID,
      blockchainAccountId: DID.slice('did:pkh:'.length),
    });
  });
});

describe("a site's own document", () => {
  const document = { id: 'did:web:shop.example', alsoKnownAs: ['https://x.example', DID] };
  const proves = (changes: object, domain = 'shop.example') =>
    provesDomain(JSON.stringify({ ...document, ...changes }), domain, DID);

  it('proves the domain when it is the site’s and names the account', () => {
    expect(proves({})).toBe(true);
    expect(proves({ id: 'did:web:localhost%3A5173' }, 'localhost:5173')).toBe(true);
    expect(didOfDomain('localhost:5173')).toBe('did:web:localhost%3A5173');
  });

  it('proves nothing for another site or account, or as anything else', () => {
    expect(proves({}, 'forum.example')).toBe(false);
    expect(proves({ id: 'did:web:shop.example:users:ada' })).toBe(false);
    expect(proves({ id: DID })).toBe(false);
    expect(proves({ alsoKnownAs: undefined })).toBe(false);
    expect(proves({ alsoKnownAs: DID })).toBe(false);
    expect(proves({ alsoKnownAs: [`${DID}x`, { DID }, [DID]] })).toBe(false);
    expect(proves({ alsoKnownAs: [DID], padding: ' '.repeat(70_000) })).toBe(false);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (json) => {
        expect(provesDomain(json, 'shop.example', DID)).toBe(false);
      }),
    );
  });

  it('is asked for by its domain alone, and a site that cannot be asked proves nothing', async () => {
    const asked: string[] = [];
    const fetch = (domain: string) => {
      asked.push(domain);
      return domain === 'shop.example'
        ? Promise.resolve(JSON.stringify(document))
        : Promise.reject(new Error('away'));
    };
    expect(await askDomain(fetch, 'shop.example', DID)).toBe(true);
    expect(await askDomain(fetch, 'forum.example', DID)).toBe(false);
    for (const bad of [
      '',
      'shop.example/path',
      'user@shop.example',
      'SHOP.example',
      'shop.example#',
      'a b',
    ]) {
      expect(await askDomain(fetch, bad, DID)).toBe(false);
    }
    expect(asked).toEqual(['shop.example', 'forum.example']);
  });
});
