/**
 * Signing in to a site with an account: the text that the account signs, and the site's check of it.
 *
 * The shape is that of CAIP-122 as Sign-In with Substrate writes it. It names the site, an account and
 * a nonce of the site's, holds no key of a device, and is nothing but a sign-in: every other verifier
 * of the kit refuses it, and this one refuses every other text. Runs on a site's server as it is.
 *
 * @module
 */
import { ComingError, type SeldomErrorCode } from '../errors.js';
import { verifyAccountSignature, type SignatureScheme } from './account.js';
import { readLines, textField, timeField, writeLines } from './labelled-lines.js';
import { encodeAddress, parseComingId } from './ss58.js';

export interface SignIn {
  /** Host, and port unless it is the default, as in `location.host`; an international name as it travels (`xn--…`). */
  readonly domain: string;
  /** 32 bytes */
  readonly account: Uint8Array;
  /** Address of a page of that domain, as a URL writes it; https, or http on this very machine. */
  readonly uri: string;
  /** CAIP-2 name of the chain that the account is on: `polkadot:` and 32 hexadecimal digits. */
  readonly chain: string;
  /** From the site's server: 16 to 64 letters and digits, random, for one use. */
  readonly nonce: string;
  /** ms since 1970; best the server's, given out with the nonce. */
  readonly issuedAt: number;
  /** ms since 1970, at most ten minutes later. */
  readonly expiresAt: number;
}

/** Where a site keeps the nonces that it gave out. */
export interface NonceStore {
  /**
   * Uses a nonce up: true once for each that was given out (to this visitor), then false for ever. Two calls at the
   * same moment must not both be told true.
   */
  take(nonce: string): boolean | Promise<boolean>;
}

/** What a site's server was sent, and what it expects. */
export interface SignInAttempt {
  readonly message: string;
  /** 64 bytes, 65 for ecdsa. */
  readonly signature: Uint8Array;
  readonly scheme: SignatureScheme;
  /** The site's own domain, from its configuration: never from the request. */
  readonly domain: string;
  /** The one nonce that this visitor was given, and the caller forgets; or where to look it up. */
  readonly nonce: string | NonceStore;
  /** ms since 1970 */
  readonly now: number;
  /** Only this account may sign in: 32 bytes. Anybody may, when there is none. */
  readonly account?: Uint8Array;
}

/** Longest time from issue to expiry, ms. */
export const MAX_SIGN_IN_AGE = 10 * 60 * 1000;
/** How far a visitor's clock may be ahead, ms. */
export const MAX_CLOCK_SKEW = 60 * 1000;

const ASKS = ' wants you to sign in with your Substrate account:';
const STATEMENT = 'Signing this logs you in. It pays nothing and lets no device read your messages.';
const VERSION = '1.0.0';

const FIELDS = {
  uri: textField('URI', (uri) => pageOf(uri)?.href === uri),
  version: textField('Version', (version) => version === VERSION),
  chain: textField('Chain ID', (chain) => /^polkadot:[0-9a-f]{32}$/.test(chain)),
  nonce: textField('Nonce', (nonce) => /^[A-Za-z0-9]{16,64}$/.test(nonce)),
  issuedAt: timeField('Issued At'),
  expiresAt: timeField('Expiration Time'),
};

/**
 * Writes the text to sign.
 *
 * @throws ComingError `malformed-sign-in` when a field cannot stand in it
 */
export function writeSignIn(signIn: SignIn): string {
  const { domain, account, uri, issuedAt, expiresAt } = signIn;
  const lines = writeLines(FIELDS, { ...signIn, version: VERSION }, malformed);
  if (account.length !== 32) throw malformed('account');
  if (domain.length > 255 || pageOf(uri)?.host !== domain) throw malformed('domain');
  if (expiresAt <= issuedAt || expiresAt - issuedAt > MAX_SIGN_IN_AGE) throw malformed('Expiration Time');
  return [domain + ASKS, encodeAddress(account), '', STATEMENT, '', ...lines].join('\n');
}

/**
 * Reads a text, strictly: it is a sign-in only if writing what was read gives the same text again.
 *
 * @throws ComingError `malformed-sign-in`
 */
export function parseSignIn(message: string): SignIn {
  // It may come straight out of a request. Longer than any sign-in is not worth reading.
  if (typeof message !== 'string' || message.length > 4096) throw malformed('text');
  try {
    const [first = '', comingId = '', , , , ...lines] = message.split('\n');
    const fields = readLines(FIELDS, lines);
    delete fields['version'];
    const signIn = {
      domain: first.slice(0, -ASKS.length),
      account: parseComingId(comingId),
      ...fields,
    } as unknown as SignIn;
    if (writeSignIn(signIn) === message) return signIn;
  } catch {
    // A line that cannot be read, or cannot stand in a sign-in.
  }
  throw malformed('text');
}

/**
 * Checks what a visitor sent; whoever is returned has signed in, once. The nonce is used up last, so that nobody but
 * the account can use it up.
 *
 * @throws ComingError `malformed-sign-in`, `sign-in-elsewhere`, `sign-in-too-early`, `sign-in-expired`,
 *   `sign-in-wrong-account`, `sign-in-wrong-nonce`, `sign-in-not-signed`
 */
export async function verifySignIn(attempt: SignInAttempt): Promise<SignIn> {
  const { message, signature, scheme, nonce, now } = attempt;
  const signIn = parseSignIn(message);
  if (signIn.domain !== attempt.domain) throw refused('sign-in-elsewhere');
  if (signIn.issuedAt > now + MAX_CLOCK_SKEW) throw refused('sign-in-too-early');
  // Not the other way round: a time that a server forgot to give is no time in which a sign-in is good.
  if (!(now < signIn.expiresAt)) throw refused('sign-in-expired');
  const { account = signIn.account } = attempt;
  if (encodeAddress(account) !== encodeAddress(signIn.account)) throw refused('sign-in-wrong-account');
  if (typeof nonce === 'string' && nonce !== signIn.nonce) throw refused('sign-in-wrong-nonce');
  if (!(await verifyAccountSignature(account, scheme, message, signature)))
    throw refused('sign-in-not-signed');
  if (typeof nonce !== 'string' && !(await nonce.take(signIn.nonce))) throw refused('sign-in-wrong-nonce');
  return signIn;
}

/** A page where signing in makes sense: over https, or on this very machine. */
function pageOf(uri: string): URL | undefined {
  if (uri.length > 1024 || !/^[\x21-\x7e]+$/.test(uri) || !URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname);
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLocal);
  return isSafe && !url.username && !url.password && !uri.includes('#') ? url : undefined;
}

function malformed(field: string): ComingError<SeldomErrorCode> {
  return new ComingError<SeldomErrorCode>('malformed-sign-in', `not a sign-in: its ${field} cannot be read`);
}

function refused(code: SeldomErrorCode): ComingError<SeldomErrorCode> {
  return new ComingError<SeldomErrorCode>(code, 'a sign-in was refused');
}
