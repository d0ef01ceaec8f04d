/**
 * The service worker: hands what arrives at its ports to the extension's own handlers.
 *
 * Stands in for `background/handlers/index.js` of the package, which cannot run in a service worker as it
 * is (it awaits at its top level) and leaves no room for another rate limit.
 *
 * @module
 */
import '@polkadot/extension-inject/crossenv';
import Extension from '@polkadot/extension-base/background/handlers/Extension';
import State from '@polkadot/extension-base/background/handlers/State';
import Tabs from '@polkadot/extension-base/background/handlers/Tabs';
import type { RequestSignatures, TransportRequestMessage } from '@polkadot/extension-base/background/types';
import { PORT_EXTENSION } from '@polkadot/extension-base/defaults';
import { AccountsStore } from '@polkadot/extension-base/stores';
import { keyring } from '@polkadot/ui-keyring';
import { cryptoWaitReady } from '@polkadot/util-crypto';

type Message = TransportRequestMessage<keyof RequestSignatures>;

const state = new State({}, WALLET_RATE_LIMIT);
const extension = new Extension(state);
const tabs = new Tabs(state);
const ready = start();

chrome.runtime.onConnect.addListener((port) => {
  let isOpen = true;
  port.onDisconnect.addListener(() => (isOpen = false));
  port.onMessage.addListener((message: Message) => {
    void answer(message, port).then((response) => {
      if (isOpen) port.postMessage({ id: message.id, ...response });
    });
  });
});

async function start(): Promise<void> {
  // The test has the popup open all the time: no window of its own for every request.
  state.setNotification('extension');
  await Promise.all([cryptoWaitReady(), state.init()]);
  keyring.loadAll({ store: new AccountsStore(), type: 'sr25519' });
}

async function answer({ id, message, request }: Message, port: chrome.runtime.Port): Promise<object> {
  try {
    await ready;
    const response =
      port.name === PORT_EXTENSION
        ? await extension.handle(id, message, request, port)
        : await tabs.handle(id, message, request, port.sender?.url ?? '', port);
    return { response };
  } catch (error) {
    return { error: (error as Error).message };
  }
}
