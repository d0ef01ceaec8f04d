/**
 * One client of a profile for all its tabs: one of them owns the sessions, the others show what it does.
 *
 * Whoever holds the profile's lock is the owner. The others are views, which speak to it over a channel, and each stands in
 * line for the lock. When the owner closes or crashes, the browser gives the lock to the next. An owner that is silent
 * for too long is frozen: a view takes the lock away from it. It may not know yet that it lost it, so the epoch
 * in the database keeps it from writing.
 *
 * @module
 */
import type { ComingClient } from '../client.js';
import { codeOf } from '../errors.js';
import type { LocalClientOptions } from '../local/index.js';
import { checkOptions } from '../local/options.js';
import { hasLocks, ownProfile, type Ownership } from '../local/owner-lock.js';
import { VERSION } from '../remote/messages.js';
import { directPorts, portOf } from '../remote/port.js';
import { isRecord } from '../remote/readers.js';
import { Remote } from '../remote/remote-client.js';
import { Office } from './office.js';

/** How often a view looks whether its owner is there, ms. */
const TICK = 1000;
/** So many times without an answer, and the owner is frozen. */
const PATIENCE = 4;

/** What contexts of a profile say to all others. */
type Call =
  /** Who is the owner? */
  | { readonly say: 'who' }
  | { readonly say: 'owner'; readonly since: number; readonly version: number }
  /** A view asks the owner of that time to speak to it, on a channel of their own. */
  | { readonly say: 'join'; readonly since: number; readonly channel: string }
  /** An owner gave it up. */
  | { readonly say: 'left' };

/**
 * Makes a client and begins to open its profile, here or through the tab that owns it; `status` tells how far it is.
 *
 * @throws RangeError when `relay` is not a WebSocket address, or `profile` not a short name
 */
export function createSharedClient(options: LocalClientOptions): ComingClient {
  const { relay, profile = 'default' } = options;
  checkOptions({ relay, profile });
  return new SharedClient(options, profile).client;
}

class SharedClient {
  readonly #remote: Remote;
  readonly #name: string;
  /** What is kept in this context alone is nobody else's. */
  readonly #isAlone: boolean;
  readonly #ended = new AbortController();
  #takesPart = false;
  #calls: BroadcastChannel | undefined;
  /** Standing in line for the lock, or holding it. */
  #standing: AbortController | undefined;
  #ownership: Ownership | undefined;
  #office: Office | undefined;
  /** Releases the lock by which the owner sees that this view is there. */
  #leaveOwner: (() => void) | undefined;
  /** When the latest owner that was heard of began; one that began earlier does not know yet that it is none any more. */
  #since = 0;
  #silence = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly options: LocalClientOptions,
    private readonly profile: string,
  ) {
    const { relay, storage, database } = options;
    this.#name = `coming:${profile}`;
    this.#isAlone = storage === 'memory' || database !== undefined;
    this.#remote = new Remote(typeof relay === 'string' ? relay : '', () => this.#close());
    // A page that is put aside stands in nobody's way. `freeze` and `resume` are the document's, and pass the window.
    const how = { signal: this.#ended.signal, capture: true };
    for (const aside of ['pagehide', 'freeze']) {
      globalThis.addEventListener?.(aside, () => this.#stepAside(), how);
    }
    for (const back of ['pageshow', 'resume']) {
      globalThis.addEventListener?.(back, () => this.#takePart(), how);
    }
    this.#takePart();
  }

  get client(): ComingClient {
    return this.#remote.client;
  }

  #takePart(): void {
    if (this.#takesPart) return;
    this.#takesPart = true;
    if (this.#isAlone) {
      this.#own({ release: () => undefined });
      return;
    }
    if (typeof BroadcastChannel === 'function') {
      this.#calls = new BroadcastChannel(this.#name);
      this.#calls.onmessage = ({ data }: MessageEvent<unknown>) => this.#hear(data);
    }
    this.#stand(false);
  }

  /** At once: in a moment this page may not run any more. What is stored in this context alone stays. */
  #stepAside(): void {
    if (!this.#takesPart || this.#isAlone) return;
    const ownership = this.#ownership;
    void this.#leave();
    ownership?.release();
  }

  async #close(): Promise<void> {
    this.#ended.abort();
    const ownership = this.#ownership;
    await this.#leave();
    ownership?.release();
  }

  /** Takes no part any more. Resolves when nothing is open here. */
  async #leave(): Promise<void> {
    this.#takesPart = false;
    this.#standing?.abort();
    this.#standing = undefined;
    const ended = this.#resign();
    this.#calls?.close();
    this.#calls = undefined;
    this.#since = 0;
    await ended;
  }

  /** Is neither owner nor view any more. */
  #resign(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    const office = this.#office;
    this.#office = this.#ownership = undefined;
    this.#remote.disconnect();
    this.#leaveOwner?.();
    if (!office) return Promise.resolve();
    const ended = office.end();
    this.#say({ say: 'left' });
    return ended;
  }

  #stand(steal: boolean): void {
    this.#standing?.abort();
    const standing = (this.#standing = new AbortController());
    const own = (ownership: Ownership) => {
      if (this.#standing === standing) this.#own(ownership);
      else ownership.release();
    };
    ownProfile(this.profile, {
      waiting: () => this.#look(),
      lost: () => {
        if (this.#standing === standing) this.#lost();
      },
      signal: standing.signal,
      steal,
    }).then(own, () => {
      // Nobody has locks here, where storage is denied too.
      if (!standing.signal.aborted) this.#own({ release: () => undefined });
    });
  }

  #own(ownership: Ownership): void {
    void this.#resign();
    this.#ownership = ownership;
    this.#since = Math.max(Date.now(), this.#since + 1);
    const office = (this.#office = new Office(this.options, this.#since));
    this.#answer();
    const [there, here] = directPorts();
    this.#remote.connect(here, 'owner');
    office.serve(there).catch((error: unknown) => {
      if (this.#office !== office) return;
      // Another context may be luckier.
      void this.#resign();
      ownership.release();
      this.#remote.show({ phase: 'failed', problem: codeOf(error) });
      if (!this.#isAlone) this.#look();
    });
  }

  /** Another context is the owner now. */
  #lost(): void {
    void this.#resign();
    if (hasLocks()) this.#stand(false);
    else this.#look();
  }

  /** Is a view of whoever is the owner, and sees to it that there is one. */
  #look(): void {
    if (!this.#calls) {
      this.#remote.show({ phase: 'failed', problem: 'not-owner' });
      return;
    }
    this.#silence = 0;
    this.#say({ say: 'who' });
    this.#timer ??= setInterval(() => {
      this.#silence += 1;
      if (this.#silence <= PATIENCE) this.#say({ say: 'who' });
      else {
        this.#silence = 0;
        this.#stand(true);
      }
    }, TICK);
  }

  #hear(call: unknown): void {
    if (!isRecord(call)) return;
    const { say, since, version, channel } = call;
    if (say === 'who') this.#answer();
    else if (say === 'left') this.#office?.rivalLeft();
    else if (!Number.isSafeInteger(since) || (since as number) < this.#since) return;
    else if (say === 'owner') this.#meet(since as number, version);
    else if (say === 'join') this.#admit(since as number, channel);
  }

  #answer(): void {
    if (this.#office) this.#say({ say: 'owner', since: this.#office.since, version: VERSION });
  }

  #meet(since: number, version: unknown): void {
    this.#silence = 0;
    if (since === this.#since) return;
    if (this.#office) this.#lost();
    this.#since = since;
    this.#remote.disconnect();
    this.#leaveOwner?.();
    if (version !== VERSION) {
      this.#remote.show({ phase: 'failed', problem: 'other-version' });
      return;
    }
    const channel = `${this.#name}:${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
    this.#remote.connect(portOf(new BroadcastChannel(channel)), 'view');
    this.#leaveOwner = holdLock(channel, () => this.#say({ say: 'join', since, channel }));
  }

  /** Serves a view on a channel of its own for as long as it is there. */
  #admit(since: number, channel: unknown): void {
    const office = this.#office;
    if (office?.since !== since || typeof channel !== 'string') return;
    if (!channel.startsWith(`${this.#name}:`)) return;
    const port = portOf(new BroadcastChannel(channel));
    office.serve(port).then(
      (stop) => {
        if (hasLocks()) void navigator.locks.request(channel, stop);
      },
      () => port.close(),
    );
  }

  #say(call: Call): void {
    this.#calls?.postMessage(call);
  }
}

/** Holds a lock until the function that is returned is called, or this context ends. */
function holdLock(name: string, held: () => void): () => void {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  if (!hasLocks()) held();
  else {
    void navigator.locks.request(name, () => {
      held();
      return released;
    });
  }
  return release;
}
