/**
 * A wallet extension in a browser that a test drives: its one account signs whatever it is asked to; keys and signatures
 * are real.
 *
 * @module
 */
import { Keyring } from '@polkadot/keyring';
import { hexToU8a, u8aToHex, u8aWrapBytes } from '@polkadot/util';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import type { BrowserContext } from 'playwright';

export type Pair = ReturnType<Keyring['addFromUri']>;

/** The account of `//<name>`, sr25519. */
export async function pairOf(name: string): Promise<Pair> {
  await cryptoWaitReady();
  return new Keyring({ type: 'sr25519', ss58Format: 44 }).addFromUri(`//${name}`);
}

/** Puts the wallet into every page of this browser. */
export async function injectWallet(context: BrowserContext, pair: Pair): Promise<void> {
  await context.exposeFunction('signInWallet', (data: `0x${string}`) =>
    u8aToHex(pair.sign(u8aWrapBytes(hexToU8a(data)))),
  );
  await context.addInitScript(install, pair.address);
}

/** Runs in the page. */
function install(address: string): void {
  const { signInWallet } = window as unknown as { signInWallet(data: string): Promise<string> };
  const wallet = {
    version: '1.0.0',
    enable: () =>
      Promise.resolve({
        accounts: {
          get: () => Promise.resolve([{ address, type: 'sr25519' }]),
          subscribe: () => () => undefined,
        },
        signer: {
          signRaw: async ({ data }: { data: string }) => ({ id: 1, signature: await signInWallet(data) }),
        },
      }),
  };
  Object.assign(window, { injectedWeb3: { double: wallet } });
}
