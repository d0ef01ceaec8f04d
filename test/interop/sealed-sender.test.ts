import {
  CiphertextMessage as TheirMessage,
  ContentHint as TheirHint,
  DecryptionErrorMessage,
  LibSignalErrorBase,
  PlaintextContent,
  PrivateKey,
  sealedSenderDecryptToUsmc,
  sealedSenderEncrypt,
  sealedSenderMultiRecipientEncrypt,
  sealedSenderMultiRecipientMessageForSingleRecipient,
  SenderCertificate,
  ServerCertificate,
  UnidentifiedSenderMessageContent,
} from '@signalapp/libsignal-client';
import { concatBytes } from '@noble/hashes/utils.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../../core/errors.js';
import { platformPrimitives, type Address } from '../../core/ratchet/index.js';
import {
  isTrusted,
  openSealed,
  openTrusted,
  parseSenderCertificate,
  seal,
  sealForMany,
  splitSealed,
  type SealedContent,
} from '../../core/ratchet/sealed-sender/index.js';
import { LibsignalPeer, OurPeer, publicKey, theirAddress, twinOf, type Peer } from './peers.js';
import { randomNumbers } from './random.js';

const p = await platformPrimitives();
const LONG = Number(process.env['COMING_SEEDS'] ?? 1);
const HERE: Address = { name: '7cda973f-53d7-4ac4-8a14-1551d7dcf316', deviceId: 1 };
const THERE: Address = { name: '06610dde-f586-426e-a009-fdf27037c133', deviceId: 2 };
const EXPIRES = 1_900_000_000_000;

const root = PrivateKey.generate();
const server = PrivateKey.generate();
const serverCertificate = ServerCertificate.new(7, server.getPublicKey(), root);
const trust = { roots: [publicKeyOf(root)] };

function publicKeyOf(key: PrivateKey): Uint8Array {
  return Uint8Array.from(key.getPublicKey().serialize());
}

function certificateOf({ address, identityKey }: Peer, e164: string | null = null): SenderCertificate {
  const key = publicKey(identityKey);
  return SenderCertificate.new(address.name, e164, address.deviceId, key, EXPIRES, serverCertificate, server);
}

let us: OurPeer;
let them: LibsignalPeer;
beforeAll(async () => {
  us = await OurPeer.make(p, HERE);
  them = new LibsignalPeer(THERE);
});

/** A message that says that another could not be read: the one kind that needs no session. */
const plain = () =>
  PlaintextContent.from(DecryptionErrorMessage.forOriginal(Uint8Array.of(0x33), 7, 12345, 1));

function ourContent(change: Partial<SealedContent> = {}): SealedContent {
  return {
    type: 8,
    senderCertificate: Uint8Array.from(certificateOf(us).serialize()),
    contents: Uint8Array.from(plain().serialize()),
    contentHint: 'resendable',
    groupId: undefined,
    ...change,
  };
}

function theirContent(from: Peer, groupId: Uint8Array<ArrayBuffer> | null = null) {
  const message = TheirMessage.from(plain());
  return UnidentifiedSenderMessageContent.new(message, certificateOf(from), TheirHint.Implicit, groupId);
}

describe('what we seal', () => {
  it.each([
    [2, 'default', TheirHint.Default],
    [3, 'resendable', TheirHint.Resendable],
    [7, 'implicit', TheirHint.Implicit],
    [8, 'default', TheirHint.Default],
  ] as const)('for one device is opened by libsignal: type %i, hint %s', async (type, contentHint, hint) => {
    const content = ourContent({ type, contentHint, groupId: Uint8Array.of(1, 2) });
    const sealed = await seal(p, us.local.keyPair, them.identityKey, content);
    const opened = await sealedSenderDecryptToUsmc(Uint8Array.from(sealed), them.stores.identities);
    expect(Buffer.from(opened.contents())).toEqual(Buffer.from(content.contents));
    expect([opened.msgType(), opened.contentHint()]).toEqual([type, hint]);
    expect([...opened.groupId()!]).toEqual([1, 2]);
    expect(opened.senderCertificate().senderUuid()).toBe(HERE.name);
    expect(opened.senderCertificate().validate(root.getPublicKey(), EXPIRES)).toBe(true);
  });

  it('for many devices is opened by each of them, and split by libsignal as by us', async () => {
    const others = [them, new LibsignalPeer({ ...THERE, deviceId: 3 })];
    const recipients = others.map(({ address, identityKey, stores }) => ({
      serviceId: address.name,
      identityKey,
      devices: [{ deviceId: address.deviceId, registrationId: stores.registrationId }],
    }));
    const sent = await sealForMany(p, us.local.keyPair, recipients, ourContent());
    const split = splitSealed(sent);
    expect(split.map(({ devices }) => devices)).toEqual(recipients.map(({ devices }) => devices));
    for (const [i, other] of others.entries()) {
      const opened = await sealedSenderDecryptToUsmc(
        Uint8Array.from(split[i]!.received!),
        other.stores.identities,
      );
      expect(opened.msgType()).toBe(8);
      expect(opened.senderCertificate().senderUuid()).toBe(HERE.name);
    }
    const single = await sealForMany(p, us.local.keyPair, recipients.slice(0, 1), ourContent(), [HERE.name]);
    const bySingle = await sealForMany(p, us.local.keyPair, recipients.slice(0, 1), ourContent());
    expect(
      Buffer.from(sealedSenderMultiRecipientMessageForSingleRecipient(Uint8Array.from(bySingle))),
    ).toEqual(Buffer.from(splitSealed(bySingle)[0]!.received!));
    expect(splitSealed(single)[1]).toMatchObject({ devices: [], received: undefined });
  });
});

describe('what libsignal seals', () => {
  it('for one device is opened by us', async () => {
    const content = theirContent(them, Uint8Array.of(9));
    const sealed = await sealedSenderEncrypt(content, theirAddress(HERE), identitiesKnowing(us));
    const opened = await openTrusted(p, us.local, Uint8Array.from(sealed), trust, EXPIRES);
    expect(opened).toMatchObject({ type: 8, contentHint: 'implicit', groupId: Uint8Array.of(9) });
    expect(opened.sender).toMatchObject({ senderUuid: THERE.name, senderDevice: 2, senderE164: undefined });
    expect(Buffer.from(opened.contents)).toEqual(Buffer.from(plain().serialize()));
  });

  it('for many devices is split and opened by us', async () => {
    await them.initiate(us);
    const sent = await sealedSenderMultiRecipientEncrypt({
      content: theirContent(them),
      recipients: [theirAddress(HERE)],
      identityStore: identitiesKnowing(us),
      sessionStore: them.stores.sessions,
    });
    const [split] = splitSealed(Uint8Array.from(sent));
    expect(split!.devices).toEqual([{ deviceId: 1, registrationId: 4711 }]);
    const opened = await openTrusted(p, us.local, split!.received!, trust, EXPIRES);
    expect(opened.sender.senderUuid).toBe(THERE.name);
  });

  function identitiesKnowing(peer: Peer) {
    them.stores.known.set(theirAddress(peer.address).toString(), Uint8Array.from(peer.identityKey));
    return them.stores.identities;
  }
});

describe('a certificate', () => {
  it('is read as libsignal wrote it, with a phone number as well', () => {
    const certificate = certificateOf(us, '+14155550100');
    expect(parseSenderCertificate(Uint8Array.from(certificate.serialize()))).toMatchObject({
      senderUuid: HERE.name,
      senderE164: '+14155550100',
      senderDevice: 1,
      expires: EXPIRES,
      identityKey: us.identityKey,
      signer: { id: 7, key: publicKeyOf(server) },
    });
  });

  it('is believed until it expires, by one of the trusted roots, with every byte as it was', async () => {
    const bytes = Uint8Array.from(certificateOf(us).serialize());
    const read = parseSenderCertificate(bytes);
    const other = publicKeyOf(PrivateKey.generate());
    expect(await isTrusted(p, read, trust, EXPIRES)).toBe(true);
    expect(await isTrusted(p, read, trust, EXPIRES + 1)).toBe(false);
    expect(await isTrusted(p, read, { roots: [other] }, EXPIRES)).toBe(false);
    expect(await isTrusted(p, read, { roots: [other, ...trust.roots] }, EXPIRES)).toBe(true);
    const random = randomNumbers(3);
    for (let i = 0; i < 200; i++) {
      const at = Math.floor(random() * bytes.length);
      const changed = bytes.with(at, bytes[at]! ^ (1 << (i % 8)));
      const believes = (check: () => boolean | Promise<boolean>) =>
        Promise.resolve()
          .then(check)
          .catch((error: unknown) => {
            expect(error instanceof LibSignalErrorBase || codeOf(error) !== 'internal').toBe(true);
            return false;
          });
      const theirs = await believes(() =>
        SenderCertificate.deserialize(changed).validate(root.getPublicKey(), EXPIRES),
      );
      expect(await believes(() => isTrusted(p, parseSenderCertificate(changed), trust, EXPIRES))).toBe(
        theirs,
      );
    }
  });

  it('of this very device is not believed', async () => {
    const sealed = await seal(p, us.local.keyPair, us.identityKey, ourContent());
    await expect(openTrusted(p, us.local, sealed, trust, EXPIRES)).rejects.toMatchObject({
      code: 'identity-mismatch',
    });
  });

  it('must be of the key that the message is sealed with', async () => {
    const mallory = await OurPeer.make(p, HERE);
    const twin = twinOf(p, them);
    const single = await seal(p, mallory.local.keyPair, them.identityKey, ourContent());
    const recipient = { serviceId: THERE.name, identityKey: them.identityKey };
    const devices = [{ deviceId: 2, registrationId: 1 }];
    const many = await sealForMany(p, mallory.local.keyPair, [{ ...recipient, devices }], ourContent());
    for (const sealed of [single, splitSealed(many)[0]!.received!]) {
      await expect(openSealed(p, twin.local.keyPair, sealed)).rejects.toMatchObject({
        code: 'decryption-failed',
      });
      await expect(
        sealedSenderDecryptToUsmc(Uint8Array.from(sealed), them.stores.identities),
      ).rejects.toThrow();
    }
  });
});

it('a sealed message that was changed is opened or refused with us as with libsignal', async () => {
  const random = randomNumbers(11);
  const { keyPair } = twinOf(p, them).local;
  const recipient = { serviceId: THERE.name, identityKey: them.identityKey };
  const many = await sealForMany(
    p,
    us.local.keyPair,
    [{ ...recipient, devices: [{ deviceId: 2, registrationId: 1 }] }],
    ourContent(),
  );
  const originals = [
    await seal(p, us.local.keyPair, them.identityKey, ourContent()),
    splitSealed(many)[0]!.received!,
  ];
  for (let i = 0; i < 400 * LONG; i++) {
    const original = originals[i % 2]!;
    const at = Math.floor(random() * (i % 5 === 0 ? 8 : original.length));
    const changed =
      i % 7 === 0
        ? concatBytes(original.subarray(0, at), original.subarray(at + 1))
        : original.with(at, Math.floor(random() * 256));
    const theirs = await sealedSenderDecryptToUsmc(Uint8Array.from(changed), them.stores.identities).then(
      (opened) => Buffer.from(opened.contents()).toString('hex'),
      () => 'refused',
    );
    const ours = await openSealed(p, keyPair, changed).then(
      ({ contents }) => Buffer.from(contents).toString('hex'),
      (error: unknown) => {
        expect(codeOf(error)).not.toBe('internal');
        return 'refused';
      },
    );
    expect([Buffer.from(changed).toString('hex'), ours]).toEqual([
      Buffer.from(changed).toString('hex'),
      theirs,
    ]);
  }
});
