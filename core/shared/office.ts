/**
 * The time for which a context is the owner: the client that owns the sessions, and everybody who looks at it.
 *
 * @module
 */
import type { ClientStatus, ComingClient } from '../client.js';
import { ComingError } from '../errors.js';
import { loaded } from '../lazy.js';
import type { LocalClientOptions } from '../local/index.js';
import type { Port } from '../remote/index.js';

export class Office {
  readonly #stops = new Set<() => void>();
  readonly #open: Promise<ComingClient>;
  #client: ComingClient | undefined;
  #ended = false;

  /** @param since - When it began, ms since 1970: whoever began later is the owner. */
  constructor(
    options: LocalClientOptions,
    readonly since: number,
  ) {
    this.#open = this.#begin(options);
    this.#open.catch(() => undefined);
  }

  /**
   * Serves a view as soon as the profile is open, until one of both goes.
   *
   * @returns what stops it
   * @throws ComingError `not-loaded`, `closed`
   */
  async serve(port: Port): Promise<() => void> {
    const client = await this.#open;
    const { serveClient } = await loaded(import('../remote/serve.js'));
    if (this.#ended) throw ended();
    const stop = serveClient(client, port, () => this.#stops.delete(stop));
    this.#stops.add(stop);
    return () => {
      this.#stops.delete(stop);
      stop();
    };
  }

  /** A former owner went: it may have been the one that displaced this one at the relay. */
  rivalLeft(): void {
    if (this.#client?.status.value.connection === 'displaced') {
      this.#client.reconnect().catch(() => undefined);
    }
  }

  /** Nothing is sent or stored from now on. Resolves when the database is closed. */
  async end(): Promise<void> {
    this.#ended = true;
    for (const stop of this.#stops) stop();
    await this.#client?.close();
  }

  async #begin(options: LocalClientOptions): Promise<ComingClient> {
    const { createLocalClient } = await loaded(import('../local/index.js'));
    if (this.#ended) throw ended();
    const client = (this.#client = createLocalClient({ ...options, isOwner: true }));
    await settled(client);
    return client;
  }
}

/** Until the profile is open, or cannot be opened. */
function settled({ status }: ComingClient): Promise<void> {
  return new Promise((resolve) => {
    let isDone = false;
    let stop = (): void => undefined;
    const look = ({ phase }: ClientStatus) => {
      if (phase === 'starting') return;
      isDone = true;
      stop();
      resolve();
    };
    stop = status.subscribe(look);
    if (isDone) stop();
  });
}

function ended(): ComingError {
  return new ComingError('closed', 'it is no longer the owner');
}
