/**
 * A client whose owner is elsewhere: shows what that owner publishes, and asks it for everything.
 *
 * Owners come and go. When one goes, what it was asked for is asked again of the next where that is harmless, and fails
 * with `owner-gone` where it is not; what is open is opened there anew, and shows what it showed until then, unless to open it
 * twice is not the same: it ends with its owner.
 *
 * @module
 */
import type { ClientStatus, ComingClient, MyProfile, Watchable } from '../client.js';
import { ComingError } from '../errors.js';
import { Handle, type Asker, type Opening } from './handle.js';
import { isKind, KINDS } from './kinds.js';
import { Link, OwnerGone, type Answer } from './link.js';
import { VERSION, type Described } from './messages.js';
import type { Port } from './port.js';
import { notUnderstood } from './readers.js';
import { Watched } from './watched.js';

/** A call that waits until its handle is open at an owner. */
interface Waiting {
  readonly handle: Handle;
  readonly resolve: (link: Link) => void;
  readonly reject: (error: unknown) => void;
}

/** A value that somebody listens to. */
interface Watch extends Opening {
  readonly handle: Handle;
  readonly hear: (value: unknown) => void;
  stop: (() => void) | undefined;
}

/** Makes a client of what is served at the other end of a port, for one owner that stays. */
export function createRemoteClient(port: Port): ComingClient {
  const remote = new Remote('');
  remote.connect(port);
  return remote.client;
}

/** Speaks to one owner after the other, and is one and the same client all the while. */
export class Remote {
  readonly client: ComingClient;
  readonly #root: Handle;
  readonly #handles = new Set<Handle>();
  readonly #watches = new Set<Watch>();
  #waiting: Waiting[] = [];
  #link: Link | undefined;
  #role: ClientStatus['role'] | undefined;
  #closed = false;

  readonly #asker: Asker = {
    call: (handle, name, values) => this.#call(handle, name, values),
    notice: (handle, name) => this.#notice(handle, name),
    watch: (handle, name, values) => this.#watch(handle, name, values),
  };

  /**
   * @param relay - What is shown as its address before there is an owner.
   * @param closing - What closing the client does beyond leaving its owner.
   */
  constructor(relay: string, closing: () => Promise<void> = () => Promise.resolve()) {
    const status: ClientStatus = {
      phase: 'starting',
      me: undefined,
      connection: 'idle',
      role: 'view',
      storage: 'persistent',
      persisted: false,
      protection: 'none',
      passkeyId: undefined,
      relay,
      chain: undefined,
      problem: undefined,
    };
    const opening = { name: '', values: [] };
    const profile: MyProfile = { name: '', picture: undefined, settings: {} };
    this.#root = new Handle(KINDS.client, opening, { status, conversations: [], profile }, this.#asker);
    this.#handles.add(this.#root);
    const close = async () => {
      this.#close();
      await closing();
    };
    this.client = Object.assign(this.#root.face, { close }) as ComingClient;
  }

  /** Shows this until the owner says something else. */
  show(change: Partial<ClientStatus>): void {
    if (!this.#closed) this.#root.hear('status', { ...this.client.status.value, ...change });
  }

  /**
   * Goes on with the owner at the other end of a port, which begins by saying what there is.
   *
   * @param role - What this context is, where the owner does not know.
   */
  connect(port: Port, role?: ClientStatus['role']): void {
    this.disconnect();
    if (this.#closed) {
      port.close();
      return;
    }
    this.#role = role;
    const link: Link = new Link(port, {
      welcome: (root, version) => this.#welcome(link, root, version),
      value: (on, name, value, plain) => {
        for (const handle of this.#handles) {
          if (handle.on === on) handle.hear(name, this.#told(handle, name, value), plain);
        }
      },
    });
    this.#link = link;
  }

  /** There is no owner for now. */
  disconnect(): void {
    const link = this.#link;
    this.#link = undefined;
    for (const handle of this.#handles) {
      handle.lose();
      if (handle !== this.#root && !KINDS.client.calls[handle.opening.name]!.isRepeatable) {
        this.#end(handle, new OwnerGone(false));
      }
    }
    for (const watch of this.#watches) watch.stop = undefined;
    link?.end();
  }

  #close(): void {
    this.show({ phase: 'closed', connection: 'idle' });
    this.#closed = true;
    this.disconnect();
    for (const { reject } of this.#waiting.splice(0)) reject(closed());
  }

  #welcome(link: Link, root: Described, version: unknown): void {
    if (version !== VERSION) {
      this.disconnect();
      this.show({ phase: 'failed', problem: 'other-version' });
      return;
    }
    const { status } = root.values;
    this.#root.hold({
      ...root,
      values: { ...root.values, status: this.#told(this.#root, 'status', status) },
    });
    this.#opened(this.#root);
    for (const handle of this.#handles) {
      if (handle !== this.#root) void this.#openAnew(handle, link);
    }
  }

  /** A handle that was open at the owner before is opened at this one, and shows no less than it did. */
  async #openAnew(handle: Handle, link: Link): Promise<void> {
    const { name, values } = handle.opening;
    try {
      const on = await link.request(this.#root.on!, name, values, (answer) => {
        if (!('handle' in answer)) throw notUnderstood();
        if (this.#handles.has(handle)) handle.hold(answer.handle);
        return answer.handle.on;
      });
      if (!this.#handles.has(handle)) {
        link.notice(on, 'close'); // closed meanwhile
        return;
      }
      const shown = { before: handle.shown('snapshot'), now: () => handle.held('snapshot') };
      await handle.kind.resume?.(shown, (method) => link.request(on, method, [], () => undefined));
    } catch (error) {
      if (error instanceof OwnerGone) return;
      // What could be opened shows what it can.
      if (handle.on === undefined) handle.problem = error as ComingError<string>;
    }
    if (this.#link === link) this.#opened(handle);
  }

  /** Goes on with what waited for a handle. */
  #opened(handle: Handle): void {
    const link = this.#link!;
    handle.release();
    const ready = this.#waiting.filter((waiting) => waiting.handle === handle);
    this.#waiting = this.#waiting.filter((waiting) => waiting.handle !== handle);
    for (const { resolve, reject } of ready) {
      if (handle.problem) reject(handle.problem);
      else resolve(link);
    }
    for (const watch of this.#watches) if (watch.handle === handle) this.#follow(watch);
  }

  async #call(handle: Handle, name: string, values: readonly unknown[]): Promise<unknown> {
    const { isRepeatable, prepare } = handle.kind.calls[name]!;
    const given = prepare ? prepare(values) : values;
    for (;;) {
      const link = await this.#linked(handle);
      try {
        const take = (answer: Answer) =>
          'handle' in answer ? this.#given(answer.handle, { name, values }) : answer.value;
        return await link.request(handle.on!, name, given, take);
      } catch (error) {
        if (!(error instanceof OwnerGone)) throw error;
        if (this.#closed) throw closed();
        if (!isRepeatable || error.asked) throw error;
      }
    }
  }

  #linked(handle: Handle): Promise<Link> {
    if (this.#closed) return Promise.reject(closed());
    if (handle.problem) return Promise.reject(handle.problem);
    if (this.#link && handle.isOpen) return Promise.resolve(this.#link);
    return new Promise((resolve, reject) => this.#waiting.push({ handle, resolve, reject }));
  }

  /** What the owner handed out; the same object as before where it is the same there. */
  #given(described: Described, opening: Opening): object {
    for (const handle of this.#handles) {
      if (handle.on === described.on) return handle.face;
    }
    if (!isKind(described.kind)) throw notUnderstood();
    const handle = new Handle(KINDS[described.kind], opening, described.values, this.#asker);
    handle.hold(described);
    handle.release();
    this.#handles.add(handle);
    return handle.face;
  }

  #notice(handle: Handle, name: string): void {
    if (handle.on !== undefined) this.#link?.notice(handle.on, name);
    if (handle.kind.notices[name] !== 'closes') return;
    this.#end(handle, closed());
    handle.lose();
  }

  /** Nothing can be asked of a handle any more. */
  #end(handle: Handle, problem: ComingError<string>): void {
    this.#handles.delete(handle);
    handle.problem = problem;
    for (const { reject } of this.#waiting.filter((waiting) => waiting.handle === handle)) reject(problem);
    this.#waiting = this.#waiting.filter((waiting) => waiting.handle !== handle);
  }

  #watch(handle: Handle, name: string, values: readonly unknown[]): Watchable<unknown> {
    const watched: Watched<unknown> = new Watched<unknown>(undefined, (somebody) => {
      if (somebody) {
        this.#watches.add(watch);
        this.#follow(watch);
      } else {
        this.#watches.delete(watch);
        watch.stop?.();
        watch.stop = undefined;
      }
    });
    const watch: Watch = { handle, name, values, hear: (value) => watched.publish(value), stop: undefined };
    return watched;
  }

  #follow(watch: Watch): void {
    const { handle, name, values, hear } = watch;
    if (this.#link && handle.isOpen) watch.stop ??= this.#link.watch(handle.on!, name, values, hear);
  }

  #told(handle: Handle, name: string, value: unknown): unknown {
    if (handle !== this.#root || name !== 'status' || !this.#role) return value;
    return { ...(value as ClientStatus), role: this.#role };
  }
}

function closed(): ComingError {
  return new ComingError('closed', 'it was closed');
}
