import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ClientStatus, ComingClient } from '../../../core/client.js';
import { createLocalClient } from '../../../core/local/index.js';
import { directPorts } from '../../../core/remote/port.js';
import { createRemoteClient, serveClient } from '../../../core/remote/index.js';
import { createLoopback } from '../../../core/transport/index.js';
import { settled } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';

const clients: ComingClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

async function visitor(): Promise<ComingClient> {
  const client = createLocalClient({ relay: createLoopback(), storage: 'memory' });
  clients.push(client);
  await waitFor(client.status, ({ phase }: ClientStatus) => phase === 'signed-out');
  return client;
}

/** An end at which anything can be posted to a client that is served, and everything that came back. */
function wire(client: ComingClient) {
  const [there, here] = directPorts();
  const heard: unknown[] = [];
  here.onmessage = (message) => heard.push(message);
  serveClient(client, there);
  return { post: (message: unknown) => here.post(message), heard };
}

const METHODS = [
  'becomeGuest',
  'useWallet',
  'offerLink',
  'joinLink',
  'openConversation',
  'erase',
  'reconnect',
] as const;

/** What nobody has any business to send: shapes beside the right ones. */
const anything = fc.anything({ maxDepth: 3, withBigInt: true, withDate: true, withTypedArray: true });
const nearly = fc.record(
  {
    say: fc.constantFrom('call', 'watch', 'unwatch', 'notice', 'signed', 'answer', 'welcome', '__proto__'),
    id: fc.oneof(fc.nat(5), anything),
    on: fc.oneof(fc.nat(2), anything),
    name: fc.constantFrom(
      'becomeGuest',
      'constructor',
      '__proto__',
      'toString',
      'close',
      'status',
      'hasOwnProperty',
      'subscribe',
    ),
    // None of these is what a method takes.
    values: fc.oneof(
      fc.array(fc.constantFrom(1, null, true, 'x', [], { secret: 1 }, { deviceName: 1 }, { more: 1 }), {
        minLength: 1,
      }),
      anything.filter((value) => !(Array.isArray(value) && value.every((one) => one === undefined))),
    ),
    outcome: anything,
  },
  { requiredKeys: ['say'] },
);

describe('whatever is posted to a client that is served', () => {
  it('calls nothing that is not in the table, nor with what it does not take', async () => {
    const client = await visitor();
    const spies = [...METHODS, 'close' as const].map((name) => vi.spyOn(client, name));
    const { post } = wire(client);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(anything, nearly), { maxLength: 20 }), async (messages) => {
        for (const message of messages) post(message);
        await settled(2);
        for (const spy of spies) expect(spy).not.toHaveBeenCalled();
        expect(client.status.value.phase).toBe('signed-out');
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['another name', { on: 0, name: 'constructor', values: [] }, 'other-version'],
    ['a name of the prototype', { on: 0, name: 'hasOwnProperty', values: ['status'] }, 'other-version'],
    ['closing the owner', { on: 0, name: 'close', values: [] }, 'other-version'],
    ['another handle', { on: 7, name: 'send', values: ['x'] }, 'closed'],
    ['a number for a text', { on: 0, name: 'joinLink', values: [1] }, 'other-version'],
    ['one argument too many', { on: 0, name: 'joinLink', values: ['x', 'y'] }, 'other-version'],
    ['an unknown option', { on: 0, name: 'becomeGuest', values: [{ admin: true }] }, 'other-version'],
    [
      'a secret of no kind',
      { on: 0, name: 'becomeGuest', values: [{ secret: { kind: 'x' } }] },
      'other-version',
    ],
    [
      'no signer',
      { on: 0, name: 'useWallet', values: [{ address: 'x', scheme: 'ed25519' }] },
      'other-version',
    ],
  ])('is answered with a code: %s', async (_, message, code) => {
    const client = await visitor();
    const { post, heard } = wire(client);
    post({ say: 'call', id: 1, ...message });
    await settled(5);
    expect(heard).toContainEqual({
      say: 'answer',
      id: 1,
      outcome: { error: expect.objectContaining({ code }) as unknown },
    });
    expect(client.status.value.phase).toBe('signed-out');
  });
});

describe('whatever is posted to a view', () => {
  it('changes nothing before there is a welcome, and throws nothing', async () => {
    const [there, here] = directPorts();
    const view = createRemoteClient(here);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(anything, nearly), { maxLength: 20 }), async (messages) => {
        for (const message of messages) there.post(message);
        await settled(1);
        expect(view.status.value.phase).toBe('starting');
      }),
      { numRuns: 200 },
    );
  });

  it('of another version is refused, and said to be', async () => {
    const [there, here] = directPorts();
    const view = createRemoteClient(here);
    there.post({ say: 'welcome', version: 0, root: { on: 0, kind: 'client', plain: {}, values: {} } });
    await waitFor(view.status, ({ phase, problem }) => phase === 'failed' && problem === 'other-version');
  });
});
