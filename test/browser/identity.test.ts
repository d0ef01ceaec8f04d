import { beforeAll, describe, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import '../../components/identity/define.js';
import type { ComingIdentity, ComingIdentityReadyEvent } from '../../components/identity/identity.js';
import { createLoopback, guest, until, visitor, type Person } from '../../stories/support/people.js';
import { pretending } from '../../stories/support/pretending.js';
import { expectAccessible, expectFocus, focused, html, mount } from './support.js';

const show = (client: ComingIdentity['client']) =>
  mount<ComingIdentity>(html`<coming-identity .client=${client}></coming-identity>`);

describe('<coming-identity>', () => {
  let ada: Person;
  beforeAll(async () => {
    ada = await guest(createLoopback());
  });

  it('says that it is starting, for as long as it has no client', async () => {
    const element = show(undefined);
    await expect.element(page.getByText('Starting…')).toBeInTheDocument();
    await expectAccessible(element);
  });

  it('says in words why it cannot start', async () => {
    const failed = { phase: 'failed', me: undefined, problem: 'newer-database' } as const;
    const element = show(pretending(ada.client, { status: failed }));
    await expect.element(page.getByText(/stored by a newer version/)).toBeVisible();
    await expectAccessible(element);
  });

  it('makes a guest by keyboard alone, and tells the page', async () => {
    const client = visitor(createLoopback());
    const ready = vi.fn<(event: ComingIdentityReadyEvent) => void>();
    const element = show(client);
    element.addEventListener('coming-identity-ready', ready);
    await expect.element(page.getByRole('button', { name: /Chat as a guest/ })).toBeEnabled();
    await expectAccessible(element);

    await userEvent.tab();
    await userEvent.keyboard('{Enter}');
    await expect.element(page.getByText('Guest', { exact: true })).toBeVisible();
    const { comingId } = client.status.value.me!;
    await expect.element(page.getByText(`${comingId.slice(0, 5)}…${comingId.slice(-4)}`)).toBeVisible();
    await expectFocus(page.getByRole('region', { name: 'Your identity' }));
    expect(ready).toHaveBeenCalledTimes(1);
    expect(ready.mock.calls[0]?.[0]).toMatchObject({ comingId, kind: 'guest' });
    await client.close();
  });

  it('shows the identity, the connection in words, and that nothing is stored', async () => {
    const element = show(ada.client);
    await expect.element(page.getByText('Connected')).toBeVisible();
    await expect.element(page.getByText(/gone when the page closes/)).toBeVisible();
    await expectAccessible(element);
  });

  it('draws the same picture for the same Coming ID, and another for another', async () => {
    const picture = (element: ComingIdentity) =>
      element.shadowRoot!.querySelector('coming-identity-card')?.shadowRoot?.querySelector('.identicon')
        ?.innerHTML;
    const [first, second] = [show(ada.client), show(ada.client)];
    const other = show((await guest(createLoopback())).client);
    await expect.poll(() => [first, second, other].every(picture)).toBe(true);
    expect(picture(first)).toBe(picture(second));
    expect(picture(first)).not.toBe(picture(other));
  });

  it('copies the whole Coming ID and says whether that worked', async () => {
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValueOnce();
    show(ada.client);
    await userEvent.click(page.getByRole('button', { name: 'Copy Coming ID' }));
    expect(write).toHaveBeenCalledWith(ada.id);
    await expect.element(page.getByText('Copied')).toBeInTheDocument();

    write.mockRejectedValueOnce(new DOMException('', 'NotAllowedError'));
    await userEvent.click(page.getByRole('button', { name: 'Copy Coming ID' }));
    await expect.element(page.getByText('Copying is not allowed here')).toBeInTheDocument();
    write.mockRestore();
  });

  it('erases only after asking, and gives the focus back when the answer is no', async () => {
    const { client } = await guest(createLoopback());
    const element = show(client);
    const ask = page.getByRole('button', { name: 'Erase everything on this device' });
    await userEvent.click(ask);
    await expect.element(page.getByRole('dialog', { name: 'Erase everything?' })).toBeVisible();
    await expectFocus(page.getByRole('button', { name: 'Cancel' }));
    await expectAccessible(element);

    await userEvent.keyboard('{Escape}');
    await expectFocus(ask);
    expect(client.status.value.phase).toBe('ready');

    await userEvent.click(ask);
    await userEvent.click(page.getByRole('button', { name: 'Erase everything', exact: true }));
    await expect.element(page.getByRole('button', { name: /Chat as a guest/ })).toBeVisible();
    expect(client.status.value.me).toBeUndefined();
    await client.close();
  });

  it('goes on after it was moved, and follows nothing while it is removed', async () => {
    const relay = createLoopback();
    const { client } = await guest(relay);
    const element = show(client);
    const elsewhere = mount(html`<section></section>`);
    await expect.element(page.getByText('Connected')).toBeVisible();

    elsewhere.append(element);
    relay.online = false;
    await expect.element(page.getByText('Offline', { exact: true })).toBeVisible();

    element.remove();
    relay.online = true;
    await until(client.status, ({ connection }) => connection === 'online');
    elsewhere.append(element);
    await expect.element(page.getByText('Connected')).toBeVisible();
    await client.close();
  });

  it('lets a page replace any single text', async () => {
    const element = show(visitor(createLoopback()));
    element.strings = { chatAsGuest: 'Als Gast schreiben' };
    await expect.element(page.getByRole('button', { name: /Als Gast schreiben/ })).toBeVisible();
    await expect.element(page.getByRole('button', { name: /Connect a wallet/ })).toBeVisible();
  });

  it('says which step is missing when the page never named a client', async () => {
    vi.useFakeTimers();
    try {
      show(undefined);
      await vi.advanceTimersByTimeAsync(3000);
    } finally {
      vi.useRealTimers();
    }
    await expect.element(page.getByText(/has not named a relay/)).toBeVisible();
    expect(focused()).toBe(document.body);
  });
});
