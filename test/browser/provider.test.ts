import { ContextEvent } from '@lit/context';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import '../../components/identity/define.js';
import type { ComingIdentity } from '../../components/identity/identity.js';
import { clientContext, type ClientOffer } from '../../components/internal/client-context.js';
import { configure } from '../../components/provider/configure.js';
import '../../components/provider/define.js';
import type { ComingProvider } from '../../components/provider/provider.js';
import type { ComingClient } from '../../core/client.js';
import { createLoopback, guest, until, type Person } from '../../stories/support/people.js';
import { html, mount } from './support.js';

/** Nobody listens there; the client signs nobody in, so it does not even try. */
const RELAY = 'ws://127.0.0.1:9/';

/** What an element inside of the provider is offered, now and later. */
function offered(provider: ComingProvider): { client: ComingClient | undefined } {
  const probe = document.createElement('span');
  provider.append(probe);
  const seen: { client: ComingClient | undefined } = { client: undefined };
  const take = (offer: ClientOffer) => (seen.client = offer.client);
  probe.dispatchEvent(new ContextEvent(clientContext, probe, take, true));
  return seen;
}

const shortened = (id: string) => `${id.slice(0, 5)}…${id.slice(-4)}`;
const nextTask = () => new Promise((resolve) => setTimeout(resolve));

describe('<coming-provider>', () => {
  let ada: Person;
  let grace: Person;
  beforeAll(async () => {
    ada = await guest(createLoopback());
    grace = await guest(createLoopback());
  });

  afterEach(() => configure(undefined));

  it('gives its client to elements inside it, also to those that come later', async () => {
    const provider = mount(html`<coming-provider .client=${ada.client}></coming-provider>`);
    provider.append(document.createElement('coming-identity'));
    await expect.element(page.getByText(shortened(ada.id))).toBeVisible();
  });

  it('stands behind an element’s own client and before the page default', async () => {
    configure({ client: grace.client });
    const provider = mount(
      html`<coming-provider .client=${ada.client}><coming-identity></coming-identity></coming-provider>`,
    );
    const element = provider.querySelector('coming-identity')!;
    await expect.element(page.getByText(shortened(ada.id))).toBeVisible();
    element.client = grace.client;
    await expect.element(page.getByText(shortened(grace.id))).toBeVisible();
    element.client = undefined;
    await expect.element(page.getByText(shortened(ada.id))).toBeVisible();
  });

  it('is left for the page default by an element that moves out of it', async () => {
    configure({ client: grace.client });
    const provider = mount(
      html`<coming-provider .client=${ada.client}><coming-identity></coming-identity></coming-provider>`,
    );
    await expect.element(page.getByText(shortened(ada.id))).toBeVisible();
    provider.after(provider.querySelector('coming-identity')!);
    await expect.element(page.getByText(shortened(grace.id))).toBeVisible();
  });

  it('makes a client from its attributes and keeps it while it is moved', async () => {
    const provider = mount<ComingProvider>(
      html`<coming-provider relay=${RELAY} profile="moved"
        ><coming-identity></coming-identity
      ></coming-provider>`,
    );
    await expect.element(page.getByRole('button', { name: /Chat as a guest/ })).toBeVisible();
    const before = offered(provider).client!;
    expect(before.status.value.relay).toBe(RELAY);

    mount(html`<section></section>`).append(provider);
    await nextTask();
    expect(offered(provider).client).toBe(before);
    expect(before.status.value.phase).toBe('signed-out');
  });

  it('closes the client that it made when it is removed for good, and makes another when it is back', async () => {
    const provider = mount<ComingProvider>(
      html`<coming-provider relay=${RELAY} profile="back"
        ><coming-identity></coming-identity
      ></coming-provider>`,
    );
    const home = provider.parentElement!;
    await expect.element(page.getByRole('button', { name: /Chat as a guest/ })).toBeVisible();
    const before = offered(provider).client!;
    provider.remove();
    await until(before.status, ({ phase }) => phase === 'closed');

    home.append(provider);
    await expect.element(page.getByRole('button', { name: /Chat as a guest/ })).toBeVisible();
    expect(offered(provider).client).not.toBe(before);
  });

  it('never closes a client that it was given', async () => {
    const close = vi.spyOn(ada.client, 'close');
    const provider = mount<ComingProvider>(html`<coming-provider .client=${ada.client}></coming-provider>`);
    await provider.updateComplete;
    provider.remove();
    await nextTask();
    expect(close).not.toHaveBeenCalled();
  });

  it('makes a new client when its profile changes, and closes the old one', async () => {
    const provider = mount<ComingProvider>(
      html`<coming-provider relay=${RELAY} profile="first"
        ><coming-identity></coming-identity
      ></coming-provider>`,
    );
    await expect.element(page.getByRole('button', { name: /Chat as a guest/ })).toBeVisible();
    const seen = offered(provider);
    const before = seen.client!;
    provider.profile = 'second';
    await until(before.status, ({ phase }) => phase === 'closed');
    await expect.poll(() => seen.client?.status.value.phase).toBe('signed-out');
    expect(seen.client).not.toBe(before);
  });

  it('makes a client that pays on the chain it names, ChainX unless it says otherwise', async () => {
    const provider = mount<ComingProvider>(
      html`<coming-provider relay=${RELAY} profile="paying" chain="ws://127.0.0.1:9/  ws://127.0.0.1:10/"
        ><coming-identity></coming-identity
      ></coming-provider>`,
    );
    const seen = offered(provider);
    await expect
      .poll(() => seen.client?.status.value.chain)
      .toBe('polkadot:6ac13efb5b368b97b4934cef6edfdd99');
    provider.genesis = `0x${'ab'.repeat(32)}`;
    await expect.poll(() => seen.client?.status.value.chain).toBe(`polkadot:${'ab'.repeat(16)}`);
    provider.chain = '';
    await expect.poll(() => seen.client && !seen.client.status.value.chain).toBe(true);
  });

  it('says in words that an address is none', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    mount(html`<coming-provider relay="nonsense"><coming-identity></coming-identity></coming-provider>`);
    await expect.element(page.getByText(/does not work right now/)).toBeVisible();
    expect(log).toHaveBeenCalled();
    log.mockRestore();
  });
});

describe('configure()', () => {
  afterEach(() => configure(undefined));

  it('reaches elements that were there before, and makes its client only when one needs it', async () => {
    const element = mount<ComingIdentity>(html`<coming-identity></coming-identity>`);
    await expect.element(page.getByText('Starting…')).toBeInTheDocument();
    configure({ relay: RELAY, profile: 'page-default' });
    await expect.element(page.getByRole('button', { name: /Chat as a guest/ })).toBeVisible();
    expect(element.client).toBeUndefined();
  });
});
