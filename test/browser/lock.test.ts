import { afterEach, describe, expect, it } from 'vitest';
import { cdp, page, userEvent } from 'vitest/browser';
import '../../components/chat/define.js';
import '../../components/identity/define.js';
import type { ComingClient } from '../../core/client.js';
import { createLocalClient } from '../../core/local/index.js';
import { createLoopback } from '../../core/transport/index.js';
import { newProfile } from '../support/indexed-databases.js';
import { waitFor } from '../support/wait.js';
import { expectAccessible, expectFocus, html, mount } from './support.js';

/** What the provider's session can do. */
interface DevTools {
  send(method: string, params?: Record<string, unknown>): Promise<unknown>;
}

const relay = createLoopback();
const clients: ComingClient[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

function open(profile: string): ComingClient {
  const client = createLocalClient({ relay, profile });
  clients.push(client);
  return client;
}

async function openGuest(profile = newProfile()): Promise<ComingClient> {
  const client = open(profile);
  await client.becomeGuest();
  return client;
}

const identityOf = (client: ComingClient) =>
  mount<HTMLElement>(html`<coming-identity .client=${client}></coming-identity>`);
const button = (name: string | RegExp) => page.getByRole('button', { name });
const inPhase = (client: ComingClient, wanted: string) =>
  waitFor(client.status, ({ phase }) => phase === wanted, 60_000);

describe('the lock of a device', { timeout: 120_000 }, () => {
  it('is set with a passphrase and opened with it by keyboard; another one changes nothing', async () => {
    const client = await openGuest();
    const element = identityOf(client);
    await userEvent.click(button(/^Lock/));
    await userEvent.click(button(/Set a passphrase/));
    await expectFocus(page.getByLabelText('Passphrase', { exact: true }));
    await userEvent.fill(page.getByLabelText('Passphrase', { exact: true }), 'correct horse battery');
    await userEvent.fill(page.getByLabelText('Passphrase again'), 'correct horse');
    await userEvent.click(button('Set passphrase'));
    await expect.element(page.getByText('The two are not the same.')).toBeVisible();
    await expectAccessible(element);
    await userEvent.fill(page.getByLabelText('Passphrase again'), 'correct horse battery');
    await userEvent.click(button('Set passphrase'));
    await waitFor(client.status, ({ protection }) => protection === 'passphrase', 60_000);
    await userEvent.click(button('Done'));
    await expect.element(page.getByText('Opens with your passphrase.')).toBeVisible();

    await userEvent.click(button(/^Lock/));
    await userEvent.click(button(/Lock now/));
    await expectFocus(page.getByLabelText('Passphrase'));
    await expectAccessible(element);
    await userEvent.keyboard('something else{Enter}');
    await expect.element(page.getByText(/This is not the passphrase/), { timeout: 60_000 }).toBeVisible();
    expect(client.status.value.phase).toBe('locked');
    await expectAccessible(element);
    await userEvent.fill(page.getByLabelText('Passphrase'), 'correct horse battery');
    await userEvent.keyboard('{Enter}');
    await inPhase(client, 'ready');
    await expect.element(button(/^Lock/)).toBeVisible();
  });

  it('is removed when somebody means it', async () => {
    const client = await openGuest();
    await client.protect({ passkey: new Uint8Array(32).fill(1), id: '00' });
    identityOf(client);
    await userEvent.click(button(/^Lock/));
    await userEvent.click(button(/Remove the lock/));
    await userEvent.click(button('Remove the lock'));
    await waitFor(client.status, ({ protection }) => protection === 'none');
    await expect.element(page.getByText('Opens without asking.').first()).toBeVisible();
  });

  it('is left by erasing, where nobody can open it', async () => {
    const client = await openGuest();
    await client.protect({ passkey: new Uint8Array(32).fill(1), id: '00' });
    await client.lock();
    const chat = mount<HTMLElement>(html`<coming-chat .client=${client}></coming-chat>`);
    await userEvent.click(button(/I can’t unlock it/));
    await expectFocus(button('Back'));
    await expectAccessible(chat);
    await userEvent.click(button('Erase everything'));
    await inPhase(client, 'signed-out');
    await expect.element(button(/Chat as a guest/)).toBeVisible();
  });

  it('is opened with a passkey', async () => {
    const devTools = cdp() as unknown as DevTools;
    await devTools.send('WebAuthn.enable');
    const { authenticatorId } = (await devTools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        hasPrf: true,
        automaticPresenceSimulation: true,
      },
    })) as { authenticatorId: string };
    try {
      const profile = newProfile();
      const client = await openGuest(profile);
      identityOf(client);
      await userEvent.click(button(/^Lock/));
      await userEvent.click(button(/Use a passkey/));
      await waitFor(client.status, ({ protection }) => protection === 'passkey');
      await userEvent.click(button('Done'));
      await client.close();

      const again = open(profile);
      await inPhase(again, 'locked');
      const element = identityOf(again);
      await expect.element(button('Unlock with passkey')).toBeVisible();
      await expectAccessible(element);
      await userEvent.click(button('Unlock with passkey'));
      await inPhase(again, 'ready');
      await again.lock();
      await devTools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
      await userEvent.click(button('Unlock with passkey'));
      await expect.element(page.getByText(/The passkey was not used/)).toBeVisible();
      expect(again.status.value.phase).toBe('locked');
    } finally {
      await devTools.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    }
  });
});
