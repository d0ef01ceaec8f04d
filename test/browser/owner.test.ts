import { afterEach, describe, expect, it } from 'vitest';
import type { ComingClient } from '../../core/client.js';
import { createLocalClient } from '../../core/local/index.js';
import { createLoopback } from '../../core/transport/index.js';
import { refusal } from '../support/codes.js';
import { newProfile } from '../support/indexed-databases.js';
import { waitFor } from '../support/wait.js';

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

const became = (client: ComingClient, wanted: string) =>
  waitFor(client.status, ({ phase }) => phase === wanted);

describe('two clients of one profile', () => {
  it('have one owner; the other waits and takes over when it closes', async () => {
    const profile = newProfile();
    const first = open(profile);
    const me = await first.becomeGuest();
    const second = open(profile);
    await became(second, 'waiting');
    expect(first.status.value.phase).toBe('ready');
    await first.close();
    await became(second, 'ready');
    expect(second.status.value.me).toEqual(me);
  });

  it('take over in the order in which they came', async () => {
    const profile = newProfile();
    const first = open(profile);
    await became(first, 'signed-out');
    const second = open(profile);
    await became(second, 'waiting');
    const third = open(profile);
    await became(third, 'waiting');
    await first.close();
    await became(second, 'signed-out');
    expect(third.status.value.phase).toBe('waiting');
    await second.close();
    await became(third, 'signed-out');
  });

  it('that open in the same instant have one owner too', async () => {
    const profile = newProfile();
    const clients = [open(profile), open(profile), open(profile)];
    await became(clients[0]!, 'signed-out');
    await became(clients[1]!, 'waiting');
    await became(clients[2]!, 'waiting');
  });

  it('do not wait for each other on different profiles', async () => {
    const first = open(newProfile());
    await became(first, 'signed-out');
    await became(open(newProfile()), 'signed-out');
  });

  it('leave nothing to do to the waiting one until its turn comes', async () => {
    const profile = newProfile();
    const first = open(profile);
    await became(first, 'signed-out');
    const second = open(profile);
    await became(second, 'waiting');
    expect(await refusal(() => second.becomeGuest())).toBe('not-owner');
    await first.close();
    await became(second, 'signed-out');
    expect((await second.becomeGuest()).kind).toBe('guest');
  });
});

describe('a client that waits', () => {
  it('can be closed, and never takes over then', async () => {
    const profile = newProfile();
    const first = open(profile);
    await became(first, 'signed-out');
    const second = open(profile);
    await became(second, 'waiting');
    await second.close();
    expect(await refusal(() => second.becomeGuest())).toBe('closed');
    const third = open(profile);
    await first.close();
    await became(third, 'signed-out');
    expect(second.status.value.phase).toBe('closed');
  });

  it('can be closed before it has begun to wait, and stays closed', async () => {
    const profile = newProfile();
    const first = open(profile);
    await became(first, 'signed-out');
    for (let n = 0; n < 5; n += 1) {
      const second = open(profile);
      for (let turn = 0; turn < n; turn += 1) await Promise.resolve();
      await second.close();
      await navigator.locks.query();
      await navigator.locks.query();
      expect(second.status.value.phase).toBe('closed');
    }
    expect(first.status.value.phase).toBe('signed-out');
  });
});

describe('the lock of a profile', () => {
  it('is free after its owner was closed', async () => {
    const profile = newProfile();
    const client = open(profile);
    await became(client, 'signed-out');
    const held = async () =>
      (await navigator.locks.query()).held!.some(({ name }) => name === `coming:${profile}`);
    expect(await held()).toBe(true);
    await client.close();
    await navigator.locks.request(`coming:${profile}`, () => undefined);
    expect(await held()).toBe(false);
  });
});
