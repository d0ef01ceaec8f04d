import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AccountSigner, ComingClient, Conversation } from '../../../core/client.js';
import { ComingError } from '../../../core/errors.js';
import { guestAccount, guestSigner } from '../../../core/identity/index.js';
import { createLocalClient } from '../../../core/local/index.js';
import { createRemoteClient, portOf, serveClient } from '../../../core/remote/index.js';
import { Remote } from '../../../core/remote/remote-client.js';
import { createLoopback } from '../../../core/transport/index.js';
import { WordsError } from '../../../core/words-error.js';
import { refusal } from '../../support/codes.js';
import { importInto, PASSPHRASE, readAll } from '../../support/exports.js';
import { hasTexts } from '../../support/people.js';
import { waitFor } from '../../support/wait.js';
import { preparePeople, type World } from '../../support/world.js';

let newWorld: () => World;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  newWorld = await preparePeople(2);
});

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A client's view over a channel that copies everything, as it does between contexts. */
async function viewOf(client: ComingClient): Promise<ComingClient> {
  const { port1, port2 } = new MessageChannel();
  const stop = serveClient(client, portOf(port1));
  const view = createRemoteClient(portOf(port2));
  ends.push(stop, () => view.close());
  await waitFor(view.status, ({ relay, phase }) => phase !== 'starting' && relay !== undefined);
  return view;
}

/** Somebody who looks at their client from elsewhere, and somebody to talk to. */
async function two() {
  const world = newWorld();
  ends.push(() => world.end());
  const [ada, ben] = await Promise.all([world.people[0]!.online(), world.people[1]!.online()]);
  return { ada, ben, view: await viewOf(ada.client) };
}

/** A client that nobody is signed in to. */
function visitor(): ComingClient {
  const client = createLocalClient({ relay: createLoopback(), storage: 'memory' });
  ends.push(() => client.close());
  return client;
}

describe('a client over a port', () => {
  it('shows what its owner shows, and has the latest value at any time', async () => {
    const { ada, ben, view } = await two();
    expect(view.status.value).toEqual(ada.client.status.value);
    const there = await view.openConversation(ben.comingId);
    const here = await ben.to(ada);
    await here.send('from Ben');
    await waitFor(there.snapshot, hasTexts('from Ben'));
    expect(view.conversations.value).toEqual(ada.client.conversations.value);
    expect(view.conversations.value[0]!.unread).toBe(1);
    expect(there.peer).toBe(ben.comingId);
  });

  it('counts what was not shown yet while somebody listens', async () => {
    const { ada, ben, view } = await two();
    const there = await view.openConversation(ben.comingId);
    const here = await ben.to(ada);
    await here.send('from Ben');
    await waitFor(there.snapshot, hasTexts('from Ben'));
    expect(view.unread.value).toBeUndefined();
    const stop = view.unread.subscribe(() => undefined);
    await waitFor(view.unread, (count) => count === 1);
    await there.markRead();
    await waitFor(view.unread, (count) => count === 0);
    stop();
  });

  it('shows what was sent when the call is answered', async () => {
    const { ada, ben, view } = await two();
    const there = await view.openConversation(ben.comingId);
    const id = await there.send('from a view');
    expect(there.snapshot.value.messages.map((message) => message.id)).toEqual([id]);
    await waitFor((await ben.to(ada)).snapshot, hasTexts('from a view'));
  });

  it('sends nothing twice under one id', async () => {
    const { ada, ben, view } = await two();
    const there = await view.openConversation(ben.comingId);
    const here = await ben.to(ada);
    const id = 'ab'.repeat(16);
    const sent = [there.send('once', { id }), there.send('once', { id }), there.send('once', { id })];
    expect(await Promise.all(sent)).toEqual([id, id, id]);
    await there.send('last');
    await waitFor(here.snapshot, hasTexts('once', 'last'));
    expect(there.snapshot.value.messages).toHaveLength(2);
  });

  it('gives the same object for what is the same at the owner', async () => {
    const { view } = await two();
    const identity = await view.openIdentity();
    expect(await view.openIdentity()).toBe(identity);
    expect(identity.snapshot.value.devices).toHaveLength(1);
  });

  it('stops following what was closed, and frees it at the owner', async () => {
    const { ada, ben, view } = await two();
    const opened: Conversation[] = [];
    const { openConversation } = ada.client;
    vi.spyOn(ada.client, 'openConversation').mockImplementation(async (peer) => {
      opened.push(await openConversation.call(ada.client, peer));
      vi.spyOn(opened[0]!, 'close');
      return opened[0]!;
    });
    const there = await view.openConversation(ben.comingId);
    there.close();
    await vi.waitFor(() => expect(opened[0]!.close).toHaveBeenCalledOnce());
    expect(await refusal(() => there.send('too late'))).toBe('closed');
  });

  it('leaves its owner open when it is closed, and is closed itself', async () => {
    const { ada, ben, view } = await two();
    const there = await view.openConversation(ben.comingId);
    await view.close();
    expect(view.status.value.phase).toBe('closed');
    expect(ada.client.status.value.phase).toBe('ready');
    expect(await refusal(() => view.openIdentity())).toBe('closed');
    expect(await refusal(() => there.send('too late'))).toBe('closed');
  });

  it('can be looked at through another one', async () => {
    const { ada, ben, view } = await two();
    const second = await viewOf(view);
    const there = await second.openConversation(ben.comingId);
    await there.send('through two ports');
    await waitFor((await ben.to(ada)).snapshot, hasTexts('through two ports'));
  });
});

describe('an export over a port', () => {
  it('is the same file as one of the owner’s, and is imported from there as well', async () => {
    const { ada, ben, view } = await two();
    await (await ada.to(ben)).send('before');
    const exporting = await view.openExport(PASSPHRASE);
    const file = await readAll(exporting);
    expect(exporting.snapshot.value).toMatchObject({ phase: 'done' });
    exporting.close();
    expect(view.status.value.me!.backedUp).toBe(true);

    const blank = visitor();
    const other = await viewOf(blank);
    const importing = await other.openImport(PASSPHRASE);
    await importing.write(file.subarray(0, 100));
    expect(await refusal(() => importing.write('text' as unknown as Uint8Array))).toBe('other-version');
    importing.close();
    expect(await refusal(() => importing.finish())).toBe('closed');
    const again = await view.openImport(PASSPHRASE);
    expect(await importInto(again, file)).toEqual({ comingId: ada.comingId, added: 0, known: 1 });
    expect(again.snapshot.value).toMatchObject({ phase: 'done' });
  });

  it('ends with its owner: another one would begin at the beginning', async () => {
    const { ada } = await two();
    const remote = new Remote('');
    ends.push(() => remote.client.close());
    const serve = () => {
      const { port1, port2 } = new MessageChannel();
      ends.push(serveClient(ada.client, portOf(port1)));
      remote.connect(portOf(port2));
    };
    serve();
    const exporting = await remote.client.openExport(PASSPHRASE);
    await exporting.read();
    serve();
    expect(await refusal(() => exporting.read())).toBe('owner-gone');
    const identity = await remote.client.openIdentity();
    expect(identity.snapshot.value.devices).toHaveLength(1);
  });
});

describe('an error over a port', () => {
  it('keeps its code, and says nothing else', async () => {
    const { view } = await two();
    const error: unknown = await view.openConversation('nobody').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ComingError);
    expect(error).toMatchObject({ code: 'invalid-coming-id' });
    expect((error as Error).cause).toBeUndefined();
  });

  it('keeps its class and what that class has', async () => {
    const view = await viewOf(visitor());
    const words = `${'abandon '.repeat(10)}abbandon about`;
    const error: unknown = await view
      .becomeGuest({ secret: { kind: 'words', words } })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WordsError);
    expect(error).toMatchObject({ code: 'unknown-word', position: 11 });
    expect(JSON.stringify(error)).not.toContain('abbandon');
  });

  it('of another kind says only that there was one', async () => {
    const { ada, view } = await two();
    vi.spyOn(ada.client, 'reconnect').mockRejectedValue(new TypeError('a secret'));
    const error = await view.reconnect().then(undefined, (thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'internal' });
    expect(String(error)).not.toContain('secret');
  });
});

describe('a wallet on the other side of a port', async () => {
  const wallet = guestSigner(await guestAccount(new Uint8Array(32).fill(5)));

  it('is asked there, and signs somebody in', async () => {
    const client = visitor();
    const view = await viewOf(client);
    const texts: string[] = [];
    const signer: AccountSigner = {
      ...wallet,
      signText: (text) => {
        texts.push(text);
        return wallet.signText(text);
      },
    };
    const me = await view.useWallet(signer, { access: 'full' });
    expect(me).toMatchObject({ comingId: wallet.address, kind: 'wallet' });
    expect(texts).toHaveLength(1);
    expect(client.status.value.me).toEqual(me);
  });

  it('says no across it as well', async () => {
    const view = await viewOf(visitor());
    const signText = () => Promise.reject(new ComingError('wallet-refused', 'no'));
    expect(await refusal(() => view.useWallet({ ...wallet, signText }))).toBe('wallet-refused');
    expect(view.status.value.phase).toBe('signed-out');
  });

  it('fails what waits for it when its window goes, and nothing is stored', async () => {
    const client = visitor();
    const failed = vi.spyOn(client, 'useWallet');
    const view = await viewOf(client);
    let asked = (): void => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const signText = () => {
      asked();
      return new Promise<Uint8Array>(() => undefined);
    };
    const signing = refusal(() => view.useWallet({ ...wallet, signText }));
    await isAsked;
    await view.close();
    expect(await signing).toBe('closed');
    expect(await refusal(() => failed.mock.results[0]!.value as Promise<unknown>)).toBe('closed');
    expect(client.status.value.phase).toBe('signed-out');
  });
});
