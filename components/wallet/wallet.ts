/**
 * Accounts of wallet extensions, through `@polkadot/extension-dapp`, which is loaded on first use.
 *
 * The extension's failures come out as errors with a code; its limit of one signature request per
 * three seconds is waited out once.
 *
 * @module
 */
import type { web3Accounts } from '@polkadot/extension-dapp';
import type { AccountSigner, ComingId } from '../../core/client.js';
import { ComingError } from '../../core/errors.js';
import type { WalletPayer } from '../../core/ledger/chain.js';
import { decodeAddress, encodeAddress } from './util-crypto-shim.js';

/** An account that a wallet shares with this page. */
export interface WalletAccount {
  /** SS58 address, with whatever prefix the wallet uses. */
  readonly address: string;
  /** What its owner calls it; may be empty. */
  readonly name: string;
  /** The extension it is in, e.g. `polkadot-js`. */
  readonly source: string;
  readonly scheme: AccountSigner['scheme'];
}

const SCHEMES: readonly string[] = ['ed25519', 'sr25519', 'ecdsa'] satisfies AccountSigner['scheme'][];

/** Wallets write addresses with a prefix of their own choice, Coming IDs have this one. */
const COMING_PREFIX = 44;

/** The extension's limit, with some room, ms. */
const RATE_LIMIT = 3100;

/** How long a wallet may take to be put into a page that asks for it at once, and how often to look, ms. */
const INJECTION = 1000;
const LOOK = 50;

const load = () => import('@polkadot/extension-dapp');

/**
 * Asks every wallet extension of this browser for its accounts; each may ask the person.
 *
 * @param appName - what the wallet calls this page when it asks
 * @throws ComingError `wallet-unavailable`, `wallet-no-accounts`, `wallet-refused`
 */
export async function connectWallet(appName: string): Promise<WalletAccount[]> {
  const { web3Enable, web3Accounts } = await load();
  await injection();
  // An extension that refuses or fails is left out by web3Enable, with a line in the console.
  const enabled = await web3Enable(appName);
  if (enabled.length === 0) {
    throw hasWallet()
      ? new ComingError('wallet-refused', 'No wallet extension gave access to this page.')
      : new ComingError('wallet-unavailable', 'This browser has no wallet extension.');
  }
  const accounts = usable(await web3Accounts());
  if (accounts.length === 0) {
    throw new ComingError('wallet-no-accounts', 'The wallet shares no account that can be used.');
  }
  return accounts;
}

/** Hears of the accounts whenever the wallets of {@link connectWallet} share others than before. */
export async function watchAccounts(listener: (accounts: WalletAccount[]) => void): Promise<() => void> {
  const { web3AccountsSubscribe } = await load();
  return web3AccountsSubscribe((accounts) => listener(usable(accounts)));
}

/** The Coming ID of an account, whatever prefix its wallet writes. */
export const comingIdOf = ({ address }: Pick<WalletAccount, 'address'>): ComingId =>
  encodeAddress(address, COMING_PREFIX);

/** The 32 bytes of an account. */
export const publicKeyOf = (address: string): Uint8Array => decodeAddress(address);

/** Whether a wallet extension is in this page by now. */
export function hasWallet(): boolean {
  const { injectedWeb3 } = window as { injectedWeb3?: object };
  return Object.keys(injectedWeb3 ?? {}).length > 0;
}

/** Signs texts with an account of {@link connectWallet}; the wallet asks the person each time. */
export function signerFor(account: WalletAccount): AccountSigner {
  return {
    address: account.address,
    scheme: account.scheme,
    signText: async (text) => {
      const signer = await walletOf(account);
      if (!signer.signRaw) throw new ComingError('wallet-unavailable', 'The wallet cannot sign texts.');
      const request = { address: account.address, data: hexOf(text), type: 'bytes' as const };
      const { signature } = await withinRateLimit(() => signer.signRaw!(request));
      return signatureBytes(signature, account.scheme);
    },
  };
}

/** Pays from an account of {@link connectWallet}; the wallet shows the person each payment and asks. */
export function payerFor(account: WalletAccount): WalletPayer {
  return {
    address: account.address,
    scheme: account.scheme,
    signPayload: async (payload) => {
      const signer = await walletOf(account);
      if (!signer.signPayload)
        throw new ComingError('wallet-unavailable', 'The wallet cannot sign payments.');
      return withinRateLimit(() => signer.signPayload!(payload));
    },
  };
}

/**
 * Pays from the account with this Coming ID, wherever the wallets of this browser have it.
 *
 * @throws ComingError `wallet-unavailable`, `wallet-no-accounts`, `wallet-refused`
 */
export async function walletPayer(comingId: ComingId): Promise<WalletPayer> {
  const accounts = await connectWallet(document.title || location.hostname);
  const account = accounts.find((one) => comingIdOf(one) === comingId);
  if (!account) throw new ComingError('wallet-no-accounts', 'No wallet shares the account that is to pay.');
  return payerFor(account);
}

/** What signs in the extension that the account is in. */
async function walletOf({ source }: WalletAccount) {
  const { web3FromSource } = await load();
  const extension = await web3FromSource(source).catch((cause: unknown) => {
    throw new ComingError('wallet-unavailable', 'The wallet extension is gone.', { cause });
  });
  return extension.signer;
}

const isScheme = (type: string): type is AccountSigner['scheme'] => SCHEMES.includes(type);

function usable(accounts: Awaited<ReturnType<typeof web3Accounts>>): WalletAccount[] {
  return accounts.flatMap(({ address, meta, type = 'sr25519' }) =>
    isScheme(type) ? [{ address, name: meta.name ?? '', source: meta.source, scheme: type }] : [],
  );
}

/** Waits a moment for wallets that come into the page after it was drawn. */
async function injection(): Promise<void> {
  for (let waited = 0; !hasWallet() && waited < INJECTION; waited += LOOK) {
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}

async function withinRateLimit<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (first) {
    if (!isRateLimit(first)) throw refusal(first);
  }
  await new Promise((resolve) => setTimeout(resolve, RATE_LIMIT));
  try {
    return await ask();
  } catch (second) {
    throw isRateLimit(second)
      ? new ComingError('rate-limited', 'The wallet was asked too often.', { cause: second })
      : refusal(second);
  }
}

const isRateLimit = (error: unknown): boolean => /rate limit/i.test(String(error));

const refusal = (cause: unknown): ComingError =>
  new ComingError('wallet-refused', 'The wallet did not sign.', { cause });

/** Whether a refusal came from a wallet that is locked and not from its owner; wallets say so in words only. */
export function isLocked(error: unknown): boolean {
  const said = error instanceof ComingError && error.code === 'wallet-refused' ? String(error.cause) : '';
  return /\block(ed)?\b|unlock/i.test(said);
}

/** Hexadecimal UTF-8: the one form that no wallet can take for something else. */
function hexOf(text: string): `0x${string}` {
  const digits = Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, '0'));
  return `0x${digits.join('')}`;
}

/** Some wallets put the number of the scheme before the signature; it is dropped. */
function signatureBytes(hex: string, scheme: AccountSigner['scheme']): Uint8Array {
  const digits = hex.replace(/^0x/, '');
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) throw refusal(undefined);
  const bytes = Uint8Array.from({ length: digits.length / 2 }, (_, at) =>
    Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16),
  );
  const length = scheme === 'ecdsa' ? 65 : 64;
  return bytes.length === length + 1 ? bytes.subarray(1) : bytes;
}
