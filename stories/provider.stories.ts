import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import { expect, userEvent, waitFor } from 'storybook/test';
import '../components/chat/define.js';
import '../components/identity/define.js';
import '../components/provider/define.js';
import type { ComingClient } from '../core/client.js';
import { inside } from './support/inside.js';
import { createLoopback, guest, visitor } from './support/people.js';
import './support/page.css';

const meta: Meta = { title: 'Provider', component: 'coming-provider' };
export default meta;

/** One client for several elements: an identity made in one of them is everybody's. */
export const Shared: StoryObj = {
  loaders: [
    async () => {
      const relay = createLoopback();
      return { client: visitor(relay), peer: (await guest(relay)).id };
    },
  ],
  render: (_args, { loaded }) => {
    const { client, peer } = loaded as { client: ComingClient; peer: string };
    return html`<coming-provider .client=${client}>
      <div class="beside">
        <coming-identity></coming-identity>
        <coming-chat peer=${peer} label="Ada"></coming-chat>
      </div>
    </coming-provider>`;
  },
  play: async ({ canvasElement }) => {
    const signIn = await inside(canvasElement, 'coming-identity', 'coming-welcome', '.welcome');
    await userEvent.click(await signIn.findByRole('button', { name: /chat as a guest/i }));
    const chat = await inside(canvasElement, 'coming-chat', 'coming-chat-conversation', 'header');
    await waitFor(() => expect(chat.getByRole('heading', { name: 'Ada' })).toBeInTheDocument());
  },
};
