/**
 * Brings in what shows quotes, reactions, marks and notices when the first of them is to be shown.
 *
 * @module
 */
import type { ReactiveControllerHost } from 'lit';
import type { Message } from '../../core/client.js';
import type * as extrasModule from './extras.js';

export type Extras = typeof extrasModule;

let extras: Extras | undefined;

/** What shows more of a message than its text; undefined until it is there, and then the host renders again. */
export function extrasFor(message: Message, host: ReactiveControllerHost): Extras | undefined {
  const { reply, reactions, editedAt, deleted, timer, expiresAfter } = message;
  const isPlain =
    !reply && !reactions?.length && !deleted && timer === undefined && !editedAt && !expiresAfter;
  if (isPlain || extras) return isPlain ? undefined : extras;
  void import('./extras.js').then(
    (loaded) => {
      extras = loaded;
      host.requestUpdate();
    },
    // Not loaded: the next rendering tries again.
    () => undefined,
  );
  return undefined;
}
