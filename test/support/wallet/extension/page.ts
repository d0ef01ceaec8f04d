/**
 * The page's half: offers the extension to the page under its usual name, and hands it the answers.
 *
 * Without the extension's look at a list of phishing sites, which it would fetch from its makers' server.
 *
 * @module
 */
import { MESSAGE_ORIGIN_CONTENT } from '@polkadot/extension-base/defaults';
import { packageInfo } from '@polkadot/extension-base/packageInfo';
import { enable, handleResponse } from '@polkadot/extension-base/page';
import { injectExtension } from '@polkadot/extension-inject';

type Answer = Parameters<typeof handleResponse>[0] & { readonly origin?: string };

window.addEventListener('message', ({ data, source }: MessageEvent<Answer | undefined>) => {
  if (source === window && data?.origin === MESSAGE_ORIGIN_CONTENT) handleResponse(data);
});

injectExtension(enable, { name: 'polkadot-js', version: packageInfo.version });
