/**
 * The primitives through the platform's own cryptography where it has these curves: the same bytes, several times as
 * fast.
 *
 * What platforms lack (signing with an X25519 key, the KEM) stays plain JavaScript, and so does everything on
 * older platforms and in contexts that are not secure.
 *
 * @module
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { loaded } from '../lazy.js';
import { agreementOn, type Agreement } from './agreement.js';
import { aheadOfNeed } from './ahead-of-need.js';
import { withEcType } from './keys.js';
import { nodeX25519 } from './node-crypto.js';
import { plainPrimitives } from './plain-primitives.js';
import type { KeyPair, Primitives } from './primitives.js';
import { webCryptoVerification, webCryptoX25519 } from './web-crypto.js';
import { xeddsaSign } from './xeddsa.js';

let probed: Promise<Primitives> | undefined;

/** The fastest primitives that give right answers here; finds out once. @throws ComingError `not-loaded` */
export function platformPrimitives(): Promise<Primitives> {
  // What could not be loaded may load the next time.
  probed ??= probe().catch((error: unknown) => {
    probed = undefined;
    throw error;
  });
  return probed;
}

async function probe(): Promise<Primitives> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  const verification = subtle && webCryptoVerification(subtle);
  const plain = plainPrimitives();
  return {
    ...plain,
    splitKem: aheadOfNeed(plain.splitKem),
    ...(await fastestAgreement(subtle)),
    ...(verification && (await verifies(verification)) && verification),
  };
}

async function fastestAgreement(subtle: SubtleCrypto | undefined): Promise<Agreement> {
  const node = nodeX25519();
  for (const agreement of [node && agreementOn(node), subtle && agreementOn(webCryptoX25519(subtle))]) {
    if (agreement && (await agrees(agreement))) return agreement;
  }
  // For older platforms, loaded only there.
  const { noblePrimitives } = await loaded(import('./noble-primitives.js'));
  const { generateKeyPair, agree } = noblePrimitives();
  return { generateKeyPair, agree };
}

// Known answers, so that the probe needs no second implementation: the private keys are 32 times 1 and 32 times 2.
const FIRST: KeyPair = {
  privateKey: new Uint8Array(32).fill(1),
  publicKey: withEcType(hexToBytes('a4e09292b651c278b9772c569f5fa9bb13d906b46ab68c9df9dc2b4409f8a209')),
};
const SECOND_PUBLIC = withEcType(
  hexToBytes('ce8d3ad1ccb633ec7b70c17814a5c76ecd029685050d344745ba05870e587d59'),
);
const SHARED = hexToBytes('2ed76ab549b1e73c031eb49c9448f0798aea81b698279a0c3dc3e49fbfc4b953');

/** Whether the platform agrees on keys as it should. */
async function agrees({ generateKeyPair, agree }: Agreement): Promise<boolean> {
  try {
    const shared = await agree(FIRST, SECOND_PUBLIC);
    await generateKeyPair();
    return shared.every((byte, i) => byte === SHARED[i]);
  } catch {
    return false;
  }
}

/** Whether the platform tells a good signature from a bad one. */
async function verifies({ verify }: Pick<Primitives, 'verify'>): Promise<boolean> {
  const message = Uint8Array.of(1);
  const { publicKey, privateKey } = FIRST;
  const signature = await xeddsaSign(privateKey, message, new Uint8Array(64));
  return (
    (await verify(publicKey, message, signature)) && !(await verify(publicKey, Uint8Array.of(2), signature))
  );
}
