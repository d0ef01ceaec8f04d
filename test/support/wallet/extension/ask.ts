/**
 * Requests of the popup to the extension's background, over its own port and message names.
 *
 * @module
 */
import type { RequestSignatures } from '@polkadot/extension-base/background/types';
import { PORT_EXTENSION } from '@polkadot/extension-base/defaults';

type Name = keyof RequestSignatures;
type Update<N extends Name> = RequestSignatures[N] extends [unknown, unknown, infer U] ? U : never;

interface Answer {
  readonly id: string;
  readonly response?: unknown;
  readonly error?: string;
  readonly subscription?: unknown;
}

interface Waiting {
  readonly onUpdate: ((update: never) => void) | undefined;
  resolve(response: unknown): void;
  reject(error: Error): void;
}

const port = chrome.runtime.connect({ name: PORT_EXTENSION });
const waiting = new Map<string, Waiting>();
let count = 0;

port.onMessage.addListener(({ id, response, error, subscription }: Answer) => {
  const asked = waiting.get(id);
  if (subscription !== undefined) asked?.onUpdate?.(subscription as never);
  else if (error !== undefined) asked?.reject(new Error(error));
  else asked?.resolve(response);
});

/** Asks once; with `onUpdate`, also whenever the answer changes. */
export function ask<N extends Name>(
  message: N,
  request: RequestSignatures[N][0],
  onUpdate?: (update: Update<N>) => void,
): Promise<RequestSignatures[N][1]> {
  return new Promise((resolve, reject) => {
    const id = `popup.${++count}`;
    waiting.set(id, { onUpdate, resolve, reject });
    port.postMessage({ id, message, origin: 'popup', request });
  });
}
