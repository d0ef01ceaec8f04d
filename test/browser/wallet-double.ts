/**
 * A wallet extension's double in the page, which gives every answer and failure that a wallet can; keys and signatures
 * are real.
 *
 * @module
 */
import { injectExtension } from '@polkadot/extension-inject';
import { Keyring } from '@polkadot/keyring';
import { hexToU8a, u8aToHex, u8aWrapBytes } from '@polkadot/util';
import { cryptoWaitReady } from '@polkadot/util-crypto';

export type Pair = ReturnType<Keyring['addFromUri']>;
type SignRaw = (request: {
  address: string;
  data: string;
}) => Promise<{ id: number; signature: `0x${string}` }>;
type SignPayload = (payload: object) => Promise<{ id: number; signature: `0x${string}` }>;

/** What the person answers to the wallet's prompts. */
export interface Answers {
  readonly enable?: () => Promise<void>;
  readonly signRaw?: SignRaw;
  readonly signPayload?: SignPayload;
}

const NAME = 'double';

/** Two accounts: Ada's is sr25519, Grace's ed25519. */
export async function makePairs(): Promise<{ ada: Pair; grace: Pair }> {
  await cryptoWaitReady();
  const keyring = new Keyring({ type: 'sr25519' });
  return {
    ada: keyring.addFromUri('//Ada', { name: 'Ada' }),
    grace: keyring.addFromUri('//Grace', { name: 'Grace' }, 'ed25519'),
  };
}

/** Signs as a wallet does: the text in the wrapping that keeps it from being a transaction. */
export const signAs =
  (pairs: readonly Pair[]): SignRaw =>
  async ({ address, data }) => {
    const pair = pairs.find((one) => one.address === address)!;
    return { id: 1, signature: u8aToHex(pair.sign(u8aWrapBytes(hexToU8a(data)))) };
  };

/** Puts a wallet into the page that shares these accounts; returns what makes it share others. */
export function install(
  pairs: readonly Pair[],
  { enable, ...signer }: Answers = {},
): { share(pairs: readonly Pair[]): void } {
  let shared = pairs;
  const listeners = new Set<(accounts: ReturnType<typeof list>) => void>();
  const list = () => shared.map(({ address, meta, type }) => ({ address, name: String(meta['name']), type }));
  void injectExtension(
    async () => {
      await enable?.();
      return {
        accounts: {
          get: async () => list(),
          subscribe: (listener) => {
            listeners.add(listener);
            void listener(list());
            return () => listeners.delete(listener);
          },
        },
        signer: { signRaw: signAs(pairs), ...signer },
      };
    },
    { name: NAME, version: '1.0.0' },
  );
  return {
    share: (others) => {
      shared = others;
      for (const listener of listeners) listener(list());
    },
  };
}

/** Takes the wallet out of the page. */
export function uninstall(): void {
  const { injectedWeb3 } = window as unknown as { injectedWeb3?: Record<string, unknown> };
  delete injectedWeb3?.[NAME];
}
