/**
 * A client that lives in a dedicated worker, so that the page's own thread does no cryptography.
 *
 * Each tab has its worker, and one of these owns the profile. Where no worker can be had (the kit comes from another
 * origin, or the page's policy forbids it) the client lives in the page.
 *
 * @module
 */
import type { ComingClient } from '../client.js';
import { codeOf } from '../errors.js';
import { loaded } from '../lazy.js';
import type { ChainChoice, LocalClientOptions } from '../local/index.js';
import { checkOptions } from '../local/options.js';
import { directPorts, portOf, type MessageTarget } from '../remote/port.js';
import { Remote } from '../remote/remote-client.js';

/** What can be told to a worker. */
export interface WorkerClientOptions extends Pick<LocalClientOptions, 'profile' | 'storage' | 'origin'> {
  /** WebSocket address of the relay, e.g. `wss://relay.example`. */
  readonly relay: string;
  readonly chain?: Omit<ChainChoice, 'webSocket'> | undefined;
  /** A worker that runs the package's `owner.worker.js`, for pages that make their own; closed with the client. */
  readonly worker?: Worker;
}

/** What the page tells its worker of itself. */
const LIFECYCLE = ['pagehide', 'freeze', 'pageshow', 'resume'] as const;

/** What is said to the worker beside what its port carries. */
export type ToWorker =
  | { readonly say: 'open'; readonly options: LocalClientOptions }
  | { readonly say: 'page'; readonly event: (typeof LIFECYCLE)[number] };

/**
 * Makes a client in a worker and begins to open its profile; `status` tells how far it is.
 *
 * @throws RangeError when `relay` is not a WebSocket address, or `profile` not a short name
 */
export function createWorkerClient({ worker: own, ...given }: WorkerClientOptions): ComingClient {
  checkOptions({ relay: given.relay, profile: given.profile ?? 'default' });
  const options: LocalClientOptions = { ...given, origin: given.origin ?? globalThis.location.origin };
  const ended = new AbortController();
  const { signal } = ended;
  let inPage: ComingClient | undefined;
  const remote = new Remote(given.relay, async () => {
    ended.abort();
    await inPage?.close();
  });

  const stay = async (): Promise<void> => {
    try {
      const [{ createSharedClient }, { serveClient }] = await loaded(
        Promise.all([import('./index.js'), import('../remote/serve.js')]),
      );
      if (signal.aborted) return;
      const [there, here] = directPorts();
      inPage = createSharedClient(options);
      serveClient(inPage, there);
      remote.connect(here);
    } catch (error) {
      remote.show({ phase: 'failed', problem: codeOf(error) });
    }
  };

  try {
    const worker = own ?? startWorker();
    const say = (message: ToWorker) => worker.postMessage(message);
    remote.connect(portOf(worker as MessageTarget));
    const failed = () => {
      // eslint-disable-next-line no-console -- the page's author chose a worker, and must see that there is none
      console.warn('coming-kit: no worker here (see docs/client.md); the client lives in the page.');
      void stay();
    };
    worker.addEventListener('error', failed, { once: true, signal });
    for (const event of LIFECYCLE) {
      globalThis.addEventListener(event, () => say({ say: 'page', event }), { signal, capture: true });
    }
    say({ say: 'open', options });
  } catch {
    void stay();
  }
  return remote.client;
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

/** @throws SecurityError when this code comes from another origin than the page */
function startWorker(): Worker {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (!trustedTypes) {
    return new Worker(new URL('./owner.worker.js', import.meta.url), { type: 'module' });
  }
  // This one address and no other.
  const { href } = new URL('./owner.worker.js', import.meta.url);
  const policy = trustedTypes.createPolicy('coming-kit', { createScriptURL: () => href });
  return new Worker(policy.createScriptURL(''), { type: 'module' });
}
