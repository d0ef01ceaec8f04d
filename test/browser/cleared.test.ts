import { afterEach, describe, expect, it } from 'vitest';
import { cdp } from 'vitest/browser';
import type { ComingClient } from '../../core/client.js';
import { createLocalClient } from '../../core/local/index.js';
import { createLoopback } from '../../core/transport/index.js';
import { newProfile } from '../support/indexed-databases.js';
import { conversation, guest, hasTexts } from '../support/people.js';
import { waitFor } from '../support/wait.js';

/** What the provider's session can do. */
interface DevTools {
  send(method: string, params: Record<string, unknown>): Promise<unknown>;
}

const clients: ComingClient[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

describe('a database that the browser deletes under an open client', () => {
  it('leaves the chat going on in memory as the same device, and says so', async () => {
    const relay = createLoopback();
    const profile = newProfile();
    const client = createLocalClient({ relay, profile });
    clients.push(client);
    const ada = { client, me: await client.becomeGuest() };
    const bo = await guest({ relay });
    clients.push(bo.client);
    const [adas, bos] = await Promise.all([conversation(ada, bo), conversation(bo, ada)]);
    await adas.send('before');
    await waitFor(bos.snapshot, hasTexts('before'));
    // As "clear site data" does: nobody is asked, connections are closed.
    await (cdp() as unknown as DevTools).send('IndexedDB.deleteDatabase', {
      securityOrigin: location.origin,
      databaseName: `coming:${profile}`,
    });
    await waitFor(client.status, ({ problem }) => problem === 'storage-cleared');
    expect(client.status.value).toMatchObject({ phase: 'ready', storage: 'memory', me: ada.me });
    await adas.send('after');
    await waitFor(bos.snapshot, hasTexts('before', 'after'));
    await bos.send('I see');
    await waitFor(adas.snapshot, hasTexts('after', 'I see'));
  });
});
