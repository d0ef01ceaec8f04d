/**
 * The content script: carries messages between the page's half and the service worker, and changes none.
 *
 * @module
 */
import { MESSAGE_ORIGIN_CONTENT, MESSAGE_ORIGIN_PAGE, PORT_CONTENT } from '@polkadot/extension-base/defaults';

const port = chrome.runtime.connect({ name: PORT_CONTENT });

port.onMessage.addListener((message: object) => {
  window.postMessage({ ...message, origin: MESSAGE_ORIGIN_CONTENT }, location.origin);
});

window.addEventListener('message', ({ data, source }: MessageEvent<{ origin?: string } | undefined>) => {
  if (source === window && data?.origin === MESSAGE_ORIGIN_PAGE) port.postMessage(data);
});

const script = document.createElement('script');
script.src = chrome.runtime.getURL('page.js');
script.addEventListener('load', () => script.remove());
(document.head ?? document.documentElement).append(script);
