import { u8aWrapBytes } from '@polkadot/util';
import { decodeAddress, encodeAddress, signatureVerify } from '@polkadot/util-crypto';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../components/identity/define.js';
import * as shim from '../../components/wallet/util-crypto-shim.js';
import { connectWallet, payerFor, signerFor } from '../../components/wallet/wallet.js';
import type { SignerPayload } from '../../core/ledger/chain.js';
import { createLoopback, visitor } from '../../stories/support/people.js';
import { expectAccessible, expectFocus, html, mount } from './support.js';
import { install, makePairs, signAs, uninstall, type Answers, type Pair } from './wallet-double.js';

let ada: Pair;
let grace: Pair;

beforeAll(async () => {
  ({ ada, grace } = await makePairs());
});

afterEach(uninstall);

describe('the wallet adapter', () => {
  it('lists the accounts that the wallet shares, with the kind of their keys', async () => {
    install([ada, grace]);
    expect(await connectWallet('test')).toEqual([
      { address: ada.address, name: 'Ada', source: 'double', scheme: 'sr25519' },
      { address: grace.address, name: 'Grace', source: 'double', scheme: 'ed25519' },
    ]);
  });

  it('signs the text that the person sees', async () => {
    install([ada]);
    const [account] = await connectWallet('test');
    const signature = await signerFor(account!).signText('Grüße, 世界');
    expect(signature).toHaveLength(64);
    const wrapped = u8aWrapBytes(new TextEncoder().encode('Grüße, 世界'));
    expect(signatureVerify(wrapped, signature, ada.address).isValid).toBe(true);
  });

  it('tells a missing wallet, a refusal and a wallet without accounts apart', async () => {
    await expect(connectWallet('test')).rejects.toMatchObject({ code: 'wallet-unavailable' });
    install([ada], { enable: () => Promise.reject(new Error('Rejected')) });
    await expect(connectWallet('test')).rejects.toMatchObject({ code: 'wallet-refused' });
    install([]);
    await expect(connectWallet('test')).rejects.toMatchObject({ code: 'wallet-no-accounts' });
  });

  it('says when the person does not sign, or the wallet has gone', async () => {
    install([ada], { signRaw: () => Promise.reject(new Error('Cancelled')) });
    const [account] = await connectWallet('test');
    const signer = signerFor(account!);
    await expect(signer.signText('text')).rejects.toMatchObject({ code: 'wallet-refused' });
    const lost = signerFor({ ...account!, source: 'another' });
    await expect(lost.signText('text')).rejects.toMatchObject({ code: 'wallet-unavailable' });
  });

  it('hands a payment to the wallet as it is, and says when the person or the wallet cannot sign it', async () => {
    const payload = { address: ada.address, method: '0x1a00' } as unknown as SignerPayload;
    const signature = `0x01${'ab'.repeat(64)}` as const;
    const asked: object[] = [];
    const signPayload = (handed: object) => {
      asked.push(handed);
      return asked.length === 1
        ? Promise.resolve({ id: 1, signature })
        : Promise.reject(new Error('Cancelled'));
    };
    install([ada], { signPayload });
    const payer = payerFor((await connectWallet('test'))[0]!);
    expect(payer).toMatchObject({ address: ada.address, scheme: 'sr25519' });
    expect(await payer.signPayload(payload)).toMatchObject({ signature });
    await expect(payer.signPayload(payload)).rejects.toMatchObject({ code: 'wallet-refused' });
    expect(asked).toEqual([payload, payload]);

    install([ada]);
    const another = payerFor((await connectWallet('test'))[0]!);
    await expect(another.signPayload(payload)).rejects.toMatchObject({ code: 'wallet-unavailable' });
  });

  it('waits out the limit of one request per three seconds, once', async () => {
    const tooFast = new Error('Rate limit exceeded. Try again later.');
    const signature = `0x${'01'.repeat(64)}` as const;
    let asked: (() => void) | undefined;
    let allowedFrom = Infinity;
    install([ada], {
      signRaw: async () => {
        asked?.();
        if (Date.now() < allowedFrom) throw tooFast;
        return { id: 1, signature };
      },
    });
    const [account] = await connectWallet('test');
    const signer = signerFor(account!);
    const sign = async () => {
      const first = new Promise<void>((resolve) => (asked = resolve));
      const signing = signer.signText('text');
      const settled = Promise.allSettled([signing]);
      await first;
      await vi.advanceTimersByTimeAsync(4000);
      await settled;
      return signing;
    };

    vi.useFakeTimers();
    try {
      allowedFrom = Date.now() + 3000;
      expect(await sign()).toEqual(new Uint8Array(64).fill(1));
      allowedFrom = Infinity;
      await expect(sign()).rejects.toMatchObject({ code: 'rate-limited' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('drops the number of the scheme that some wallets put before a signature', async () => {
    const signature = `0x01${'ab'.repeat(64)}` as const;
    install([ada], { signRaw: async () => ({ id: 1, signature }) });
    const [account] = await connectWallet('test');
    expect(await signerFor(account!).signText('text')).toEqual(new Uint8Array(64).fill(0xab));
  });
});

describe('the stand-in for @polkadot/util-crypto', () => {
  it('reads and writes addresses as the package does', () => {
    for (const prefix of [0, 42, 44, 63, 64, 255, 16_383]) {
      const address = encodeAddress(ada.publicKey, prefix);
      expect(shim.encodeAddress(ada.publicKey, prefix)).toBe(address);
      expect(shim.decodeAddress(address)).toEqual(decodeAddress(address));
    }
    expect(shim.encodeAddress(ada.address)).toBe(ada.address);
  });

  it('refuses what is not an address', () => {
    const broken = `${ada.address.slice(0, -1)}${ada.address.endsWith('1') ? '2' : '1'}`;
    for (const text of ['', '5U', broken]) expect(() => shim.decodeAddress(text)).toThrow();
  });
});

describe('signing in with a wallet', () => {
  const start = () => {
    const client = visitor(createLoopback());
    const element = mount(html`<coming-identity .client=${client}></coming-identity>`);
    return { client, element, connect: page.getByRole('button', { name: /Connect a wallet/ }) };
  };

  it('takes the only account without asking which', async () => {
    install([ada]);
    const { client, connect } = start();
    await userEvent.click(connect);
    await expect.element(page.getByText('Wallet account')).toBeVisible();
    expect(client.status.value.me).toMatchObject({
      kind: 'wallet',
      comingId: encodeAddress(ada.publicKey, 44),
    });
    await client.close();
  });

  it('asks which of several accounts', async () => {
    install([ada, grace]);
    const { client, connect, element } = start();
    await userEvent.click(connect);
    await expectFocus(page.getByRole('button', { name: /Ada/ }));
    await expectAccessible(element);
    await userEvent.click(page.getByRole('button', { name: /Grace/ }));
    await expect.element(page.getByText('Wallet account')).toBeVisible();
    expect(client.status.value.me?.comingId).toBe(encodeAddress(grace.publicKey, 44));
    await client.close();
  });

  it('can be left while the wallet waits for an answer', async () => {
    let answer: (() => void) | undefined;
    install([ada], { enable: () => new Promise((resolve) => (answer = resolve)) });
    const { client, connect } = start();
    await userEvent.click(connect);
    await expect.element(page.getByText(/Waiting for your wallet/)).toBeVisible();
    await userEvent.click(page.getByRole('button', { name: 'Cancel' }));
    await expect.element(connect).toBeEnabled();
    answer!();
    await expect.element(page.getByRole('button', { name: /Chat as a guest/ })).toBeEnabled();
    expect(client.status.value.phase).toBe('signed-out');
    await client.close();
  });

  it('takes no signature that was given after the page was told that it is not wanted', async () => {
    let sign: (() => void) | undefined;
    const signed = new Promise<void>((resolve) => (sign = resolve));
    let asked: (() => void) | undefined;
    const prompted = new Promise<void>((resolve) => (asked = resolve));
    const signRaw: Answers['signRaw'] = async (request) => {
      asked!();
      await signed;
      return signAs([ada])(request);
    };
    install([ada], { signRaw });
    const { client, connect } = start();
    const used = vi.spyOn(client, 'useWallet');
    await userEvent.click(connect);
    await prompted;
    await userEvent.click(page.getByRole('button', { name: 'Cancel' }));
    sign!();
    await expect(used.mock.results[0]!.value).rejects.toMatchObject({ code: 'wallet-refused' });
    expect(client.status.value.phase).toBe('signed-out');
    await client.close();
  });

  it('says each failure with what to do next', async () => {
    const { client, connect, element } = start();
    await userEvent.click(connect);
    await expect.element(page.getByRole('alert')).toHaveTextContent(/No wallet extension was found/);
    await expectAccessible(element);

    install([]);
    await userEvent.click(connect);
    await expect.element(page.getByRole('alert')).toHaveTextContent(/shares no account with this page/);

    install([ada], { signRaw: () => Promise.reject(new Error('Cancelled')) });
    await userEvent.click(connect);
    await expect.element(page.getByRole('alert')).toHaveTextContent(/The wallet said no/);
    expect(client.status.value.phase).toBe('signed-out');
    await client.close();
  });
});
