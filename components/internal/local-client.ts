/**
 * Loads the client's code when it is first needed, and owns the client that it made.
 *
 * @module
 */
import { codeOf, ComingError } from '../../core/errors.js';
import { LOADING, type ClientOffer } from './client-context.js';

/** Which relay to use, and whose data on this origin. */
export interface LocalClientOptions {
  /** Address of the relay, `wss://…`. */
  readonly relay: string;
  /** Names one of several people on one origin. */
  readonly profile: string;
  /** What is paid on; without it nothing can be paid. */
  readonly chain?: LocalChain | undefined;
  /** Runs in a worker, where one can be had; else in the page. */
  readonly worker?: boolean | undefined;
}

/** A chain to pay on, and how to reach it. */
export interface LocalChain {
  /** WebSocket addresses of nodes, tried in turn. */
  readonly endpoints: readonly string[];
  /** The hash of its first block; ChainX's own by default. */
  readonly genesis?: string;
}

/** A client that is loaded, made, offered and closed by one owner. */
export class OwnedClient {
  #offer: ClientOffer = LOADING;
  #closed = false;
  readonly #changed: (offer: ClientOffer) => void;

  /** @param changed - hears every offer after the first, until {@link close} */
  constructor(options: LocalClientOptions, changed: (offer: ClientOffer) => void) {
    this.#changed = changed;
    void this.#make(options);
  }

  get offer(): ClientOffer {
    return this.#offer;
  }

  /** Nothing is offered any more; the client closes in the background and erases nothing. */
  close(): void {
    this.#closed = true;
    void this.#offer.client?.close();
  }

  async #make({ worker, ...options }: LocalClientOptions): Promise<void> {
    try {
      const create = await loadFactory(worker);
      if (this.#closed) return;
      this.#offer = { client: create(options), problem: undefined };
    } catch (error) {
      if (this.#closed) return;
      // eslint-disable-next-line no-console -- a wrong address or code that did not load: the page's author must see it
      console.error(error);
      this.#offer = { client: undefined, problem: codeOf(error) };
    }
    this.#changed(this.#offer);
  }
}

/** @throws ComingError `not-loaded` */
async function loadFactory(worker: boolean | undefined) {
  try {
    return worker
      ? (await import('../../core/shared/worker-client.js')).createWorkerClient
      : (await import('../../core/shared/index.js')).createSharedClient;
  } catch (cause) {
    throw new ComingError('not-loaded', 'the client could not be loaded', { cause });
  }
}
