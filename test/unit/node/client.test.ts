import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { running } from '../../../relay/test/running.js';
import type { ComingClient, TransferProgress } from '../../../core/client.js';
import { createNodeClient, exportToFile, importFromFile } from '../../../core/node/index.js';
import { newFolder } from '../../support/folders.js';
import { online } from '../../support/on-origin.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';

async function opened(relay: string, folder: string, profile = 'default'): Promise<ComingClient> {
  const client = await createNodeClient({ relay, folder, profile });
  onTestFinished(() => client.close());
  await waitFor(client.status, ({ phase }) => phase !== 'starting');
  return client;
}

it('is the same device with the same conversations when the folder is opened again', async () => {
  const { url } = await running();
  const [folder, other] = [newFolder(), newFolder()];
  const bot = await opened(url, folder);
  const me = await bot.becomeGuest({ deviceName: 'Bot' });
  await online(bot);
  const peer = await opened(url, other);
  await peer.becomeGuest();
  await (await peer.openConversation(me.comingId)).send('hello');
  await waitFor(bot.conversations, ([first]) => first?.lastMessage?.text === 'hello');
  await expect(importFromFile(bot, join(folder, 'none'), 'passphrase')).rejects.toMatchObject({
    code: 'ENOENT',
  });
  await bot.close();
  const again = await opened(url, folder);
  expect(again.status.value.me).toEqual(me);
  expect(again.conversations.value[0]!.lastMessage!.text).toBe('hello');
  expect((await opened(url, folder, 'second')).status.value.phase).toBe('signed-out');
});

it('moves into another folder by a file, as a device of its own', async () => {
  const { url } = await running();
  const bot = await opened(url, newFolder());
  const me = await bot.becomeGuest({ deviceName: 'Bot' });
  await online(bot);
  const peer = await opened(url, newFolder());
  const { comingId } = await peer.becomeGuest();
  await online(peer);
  await (await bot.openConversation(comingId)).send('hello');
  await waitFor(peer.conversations, ([first]) => first?.lastMessage?.text === 'hello');

  const path = join(newFolder(), 'bot.coming');
  const seen: TransferProgress[] = [];
  await exportToFile(bot, path, 'a good passphrase', (progress) => seen.push(progress));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(existsSync(`${path}.part`)).toBe(false);
  expect(seen.at(-1)!.phase).toBe('done');

  const copy = await opened(url, newFolder());
  expect(await importFromFile(copy, path, 'a good passphrase')).toEqual({
    comingId: me.comingId,
    added: 1,
    known: 0,
  });
  expect(copy.status.value.me).toMatchObject({ comingId: me.comingId, deviceId: 2 });
  expect(copy.conversations.value[0]!.lastMessage!.text).toBe('hello');
});

it('refuses profiles that are no names, and gives the folder up when it cannot start', async () => {
  const folder = newFolder();
  for (const profile of ['..', '.', '../x', 'a/b', '']) {
    await expect(createNodeClient({ relay: 'ws://127.0.0.1:1', folder, profile })).rejects.toThrow(
      RangeError,
    );
  }
  await expect(createNodeClient({ relay: 'http://nowhere', folder })).rejects.toThrow(RangeError);
  await until(() => !existsSync(join(folder, 'default/lock')));
});

it('says in a sentence that this Node has no WebSocket', async () => {
  vi.stubGlobal('WebSocket', undefined);
  vi.doMock('ws', () => {
    throw new Error('Cannot find package ws');
  });
  onTestFinished(() => {
    vi.unstubAllGlobals();
    vi.doUnmock('ws');
  });
  const folder = newFolder();
  const refused = createNodeClient({ relay: 'ws://127.0.0.1:1', folder });
  await expect(refused).rejects.toMatchObject({
    code: 'no-web-socket',
    message: expect.stringContaining('Node 22') as string,
  });
  expect(existsSync(join(folder, 'default'))).toBe(false);
});
