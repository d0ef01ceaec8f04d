/**
 * A wallet extension in the page that shares accounts and answers as a story wants it; it has no keys.
 *
 * @module
 */

/** How it behaves. */
export interface StoryWallet {
  /** What it shares; everything by default. */
  readonly shares?: readonly (keyof typeof ACCOUNTS)[];
  readonly enable?: () => Promise<unknown>;
  readonly sign?: () => Promise<{ readonly signature: string }>;
  /** It stops sharing its accounts when it is asked for a signature. */
  readonly takesBack?: boolean;
}

const ACCOUNTS = {
  Everyday: { address: '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY', type: 'sr25519' },
  Savings: { address: '5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty', type: 'ed25519' },
} as const;

const never = () => new Promise<never>(() => undefined);

/** Puts the wallet into the page; returns what takes it out again. */
export function installWallet(wallet: StoryWallet): () => void {
  const { shares = ['Everyday', 'Savings'], sign = never, takesBack } = wallet;
  const accounts = shares.map((name) => ({ name, ...ACCOUNTS[name] }));
  let share: ((shared: typeof accounts) => void) | undefined;
  const subscribe = (listener: (shared: typeof accounts) => void) => {
    share = listener;
    listener(accounts);
    return () => undefined;
  };
  const signRaw = () => {
    if (takesBack) share?.([]);
    return sign();
  };
  const enable = async () => {
    await wallet.enable?.();
    return { accounts: { get: async () => accounts, subscribe }, signer: { signRaw } };
  };
  const page = window as { injectedWeb3?: Record<string, unknown> };
  page.injectedWeb3 = { ...page.injectedWeb3, 'polkadot-js': { version: '1', enable } };
  return () => delete page.injectedWeb3?.['polkadot-js'];
}
