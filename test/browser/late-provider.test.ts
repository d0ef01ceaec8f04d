import { expect, it } from 'vitest';
import { page } from 'vitest/browser';
import '../../components/identity/define.js';
import { createLoopback, guest } from '../../stories/support/people.js';
import { html, mount } from './support.js';

// A file of its own, because an element can be defined only once per page.
it('<coming-provider> serves elements that were there before its code was loaded', async () => {
  const { client, id } = await guest(createLoopback());
  mount(html`<coming-provider .client=${client}><coming-identity></coming-identity></coming-provider>`);
  await expect.element(page.getByText('Starting…')).toBeInTheDocument();
  await import('../../components/provider/define.js');
  await expect.element(page.getByText(`${id.slice(0, 5)}…${id.slice(-4)}`)).toBeVisible();
});
