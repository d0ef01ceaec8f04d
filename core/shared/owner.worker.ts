/**
 * What runs in the worker of {@link createWorkerClient}: the tab's client, served to the page that made the worker.
 *
 * @module
 */
import type { LocalClientOptions } from '../local/index.js';
import { portOf, type MessageTarget } from '../remote/port.js';
import type { ToWorker } from './worker-client.js';

// Only the page that made this worker can post to it.
globalThis.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.say === 'open') void open(data.options);
  // As if it were the page itself.
  else if (data.say === 'page') globalThis.dispatchEvent(new Event(data.event));
});

/** Loaded by the same names as in a page, so that both share the files. */
async function open(options: LocalClientOptions): Promise<void> {
  const port = portOf(globalThis as unknown as MessageTarget);
  const [{ createSharedClient }, { serveClient }] = await Promise.all([
    import('./index.js'),
    import('../remote/serve.js'),
  ]);
  serveClient(createSharedClient(options), port);
}
