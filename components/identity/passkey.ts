/**
 * Secrets of passkeys: 32 bytes that an authenticator makes of a fixed input, the same every time (WebAuthn Level 3,
 * section 10.1.4, `prf`). They need a gesture and the person's verification, and leave the browser with nobody.
 *
 * @module
 */
import { ComingError, type SeldomErrorCode } from '../../core/errors.js';

/** What the kit has every passkey make its secret of. */
const INPUT = new TextEncoder().encode('coming-kit storage');
/** ES256, EdDSA, RS256: what authenticators have. Nothing is ever checked with that key. */
const ALGORITHMS = [-7, -8, -257];

export interface PasskeySecret {
  readonly passkey: Uint8Array;
  /** The credential's id, hexadecimal. */
  readonly id: string;
}

/** Whether this browser says that it has passkeys that make secrets. */
export async function hasPasskeys(): Promise<boolean> {
  const api = globalThis.PublicKeyCredential as typeof PublicKeyCredential | undefined;
  if (!api || !isSecureContext) return false;
  const capabilities = await api.getClientCapabilities?.().catch(() => undefined);
  // A browser that does not say may have it all the same: it shows when one is made.
  return capabilities?.['extension:prf'] ?? true;
}

/**
 * Makes a passkey for this device, and its secret.
 *
 * @throws ComingError `passkey-refused`, `passkey-unsupported`
 */
export async function createPasskey(name: string): Promise<PasskeySecret> {
  const made = await asked(() =>
    navigator.credentials.create({
      publicKey: {
        rp: { name: location.hostname },
        user: { id: random(16), name, displayName: name },
        challenge: random(32),
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { userVerification: 'required' },
        extensions: { prf: { eval: { first: INPUT } } },
      },
    }),
  );
  const { prf } = made.getClientExtensionResults();
  if (!prf?.enabled) throw refused('passkey-unsupported');
  const id = toHex(new Uint8Array(made.rawId));
  // Most authenticators say only that they can, and make it when they are asked again.
  return prf.results ? { passkey: bytes(prf.results.first), id } : { passkey: await readPasskey(id), id };
}

/**
 * Asks a passkey for its secret.
 *
 * @throws ComingError `passkey-refused`, `passkey-unsupported`
 */
export async function readPasskey(id: string): Promise<Uint8Array> {
  const found = await asked(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: random(32),
        allowCredentials: [{ type: 'public-key', id: fromHex(id) }],
        userVerification: 'required',
        extensions: { prf: { eval: { first: INPUT } } },
      },
    }),
  );
  const { prf } = found.getClientExtensionResults();
  if (!prf?.results) throw refused('passkey-unsupported');
  return bytes(prf.results.first);
}

async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  const credential = await ask().catch(() => null);
  if (!credential) throw refused('passkey-refused');
  return credential as PublicKeyCredential;
}

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

function bytes(source: BufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice()
    : new Uint8Array(source).slice();
}

const toHex = (id: Uint8Array) => Array.from(id, (byte) => byte.toString(16).padStart(2, '0')).join('');
const fromHex = (id: string) => Uint8Array.from(id.match(/../g) ?? [], (pair) => parseInt(pair, 16));

function refused(code: SeldomErrorCode): ComingError<SeldomErrorCode> {
  return new ComingError<SeldomErrorCode>(code, 'no secret of a passkey');
}
