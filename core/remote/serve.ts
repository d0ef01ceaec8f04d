/**
 * Serves a client to a view at the other end of a port.
 *
 * Whatever comes is checked name by name before anything happens: other code of the page can post as well, and so can a
 * tab that runs another version.
 *
 * @module
 */
import type { ComingClient, Watchable } from '../client.js';
import { ComingError } from '../errors.js';
import { fromWire, toWire } from './errors.js';
import { KINDS, type Kind, type KindName } from './kinds.js';
import { VERSION, type Described, type FromOwner, type Outcome } from './messages.js';
import type { Port } from './port.js';
import { isRecord, notUnderstood, type AskToSign, type Reader } from './readers.js';

/** The handles that a view may hold at a time, and the values that it may watch. */
const MANY = 10_000;

type Members = Readonly<Record<string, (...values: unknown[]) => unknown>>;

interface Served {
  readonly on: number;
  readonly name: KindName;
  readonly kind: Kind;
  readonly object: object;
  readonly stops: (() => void)[];
}

/**
 * Begins at once, and goes on until the view takes its leave or the function that is returned is called.
 *
 * @param left - Called when the view took its leave.
 */
export function serveClient(
  client: ComingClient,
  port: Port,
  left: () => void = () => undefined,
): () => void {
  const service = new Service(client, port, left);
  return () => service.end();
}

class Service {
  readonly #handles = new Map<number, Served>();
  readonly #known = new Map<object, Served>();
  readonly #watches = new Map<number, () => void>();
  readonly #signing = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  #last = 0;
  #ended = false;

  constructor(
    client: ComingClient,
    private readonly port: Port,
    private readonly left: () => void,
  ) {
    port.onmessage = (message) => this.#take(message);
    const root = this.#serve('client', client);
    this.#post({ say: 'welcome', version: VERSION, root: this.#describe(root) });
    this.#follow(root);
  }

  end(): void {
    this.#ended = true;
    this.port.close();
    for (const stop of this.#watches.values()) stop();
    for (const served of [...this.#handles.values()]) this.#forget(served);
    const gone = new ComingError('closed', 'the tab that was asked to sign is gone');
    for (const { reject } of this.#signing.values()) reject(gone);
    this.#signing.clear();
  }

  #take(message: unknown): void {
    if (!isRecord(message)) return;
    const { say, id, on, name, values } = message;
    if (say === 'bye') {
      this.end();
      this.left();
    } else if (say === 'notice') this.#notice(on, name);
    else if (!Number.isSafeInteger(id)) return;
    else if (say === 'call') void this.#call(id as number, on, name, values);
    else if (say === 'watch') this.#watch(id as number, on, name, values);
    else if (say === 'unwatch') this.#unwatch(id as number);
    else if (say === 'signed') this.#signed(id as number, message['outcome']);
  }

  async #call(id: number, on: unknown, name: unknown, values: unknown): Promise<void> {
    try {
      const { kind, object } = this.#handle(on);
      const { takes, gives } = member(kind.calls, name);
      const value = await (object as Members)[name as string]!(...this.#read(takes, values));
      if (gives) this.#give(id, gives, value as object);
      else this.#answer(id, { value });
    } catch (error) {
      this.#answer(id, { error: toWire(error) });
    }
  }

  /** Answers with a handle; the same object is the same handle. */
  #give(id: number, name: KindName, object: object): void {
    const known = this.#known.get(object);
    const served = known ?? this.#serve(name, object);
    if (this.#ended) this.#forget(served);
    this.#answer(id, { handle: this.#describe(served) });
    if (!known && !this.#ended) this.#follow(served);
  }

  #answer(id: number, outcome: Outcome): void {
    this.#post({ say: 'answer', id, outcome });
  }

  #notice(on: unknown, name: unknown): void {
    const served = this.#handles.get(on as number);
    if (!served || !Object.hasOwn(served.kind.notices, String(name))) return;
    if (served.kind.notices[name as string] === 'closes') this.#forget(served);
    else (served.object as Members)[name as string]!();
  }

  /** A watch that cannot be had shows nothing, as one does whose value is not known. */
  #watch(id: number, on: unknown, name: unknown, values: unknown): void {
    if (this.#watches.has(id) || this.#watches.size >= MANY) return;
    try {
      const { kind, object } = this.#handle(on);
      const members = object as Members & Record<string, Watchable<unknown>>;
      const watchable =
        kind.watched[name as string] === 'listened'
          ? this.#read([], values) && members[name as string]
          : members[name as string]!(...this.#read(member(kind.watchings, name).takes, values));
      const stop = (watchable as Watchable<unknown>).subscribe((value) =>
        this.#post({ say: 'update', id, value }),
      );
      this.#watches.set(id, stop);
    } catch {
      // Nothing is watched.
    }
  }

  #unwatch(id: number): void {
    this.#watches.get(id)?.();
    this.#watches.delete(id);
  }

  #signed(id: number, outcome: unknown): void {
    const asked = this.#signing.get(id);
    if (!asked) return;
    this.#signing.delete(id);
    if (isRecord(outcome) && Object.hasOwn(outcome, 'value')) asked.resolve(outcome['value']);
    else asked.reject(fromWire(isRecord(outcome) ? outcome['error'] : undefined));
  }

  readonly #ask: AskToSign = (signer, how, what) =>
    new Promise((resolve, reject) => {
      const id = ++this.#last;
      this.#signing.set(id, { resolve, reject });
      this.#post({ say: 'sign', id, signer, how, what });
    });

  /** What a method is called with; nothing more, and nothing less. */
  #read(takes: readonly Reader<unknown>[], values: unknown): unknown[] {
    if (!Array.isArray(values) || values.length > takes.length) throw notUnderstood();
    return takes.map((read, at) => read(values[at], this.#ask));
  }

  #handle(on: unknown): Served {
    const served = this.#handles.get(on as number);
    if (!served) throw new ComingError('closed', 'it was closed, or never opened');
    return served;
  }

  #serve(name: KindName, object: object): Served {
    if (this.#handles.size >= MANY) throw new ComingError('rate-limited', 'too much is open');
    const served = { on: this.#last++, name, kind: KINDS[name], object, stops: [] };
    this.#handles.set(served.on, served);
    this.#known.set(object, served);
    return served;
  }

  #describe({ on, name, kind, object }: Served): Described {
    const watched = Object.keys(kind.watched).filter((key) => kind.watched[key] === 'always');
    const values = watched.map((key) => [key, (object as Record<string, Watchable<unknown>>)[key]!.value]);
    return { on, kind: name, plain: plainOf(kind, object), values: Object.fromEntries(values) };
  }

  /** Pushes what is always followed, from now on. */
  #follow({ on, kind, object, stops }: Served): void {
    let plain = plainOf(kind, object);
    for (const name of Object.keys(kind.watched)) {
      if (kind.watched[name] !== 'always') continue;
      const watchable = (object as Record<string, Watchable<unknown>>)[name]!;
      let told = false;
      const stop = watchable.subscribe((value) => {
        // The first was told with the handle.
        if (!told) return;
        const now = plainOf(kind, object);
        const isNew = Object.keys(now).some((key) => now[key] !== plain[key]);
        plain = now;
        this.#post({ say: 'value', on, name, value, ...(isNew && { plain }) });
      });
      told = true;
      stops.push(stop);
    }
  }

  #forget(served: Served): void {
    this.#handles.delete(served.on);
    this.#known.delete(served.object);
    for (const stop of served.stops) stop();
    const close = Object.keys(served.kind.notices).find((name) => served.kind.notices[name] === 'closes');
    if (close) (served.object as Members)[close]!();
  }

  #post(message: FromOwner): void {
    if (!this.#ended) this.port.post(message);
  }
}

function plainOf(kind: Kind, object: object): Record<string, unknown> {
  const values = object as Record<string, unknown>;
  return Object.fromEntries(Object.keys(kind.plain).map((key) => [key, values[key]]));
}

/** @throws ComingError `other-version` */
function member<T>(members: Readonly<Record<string, T>>, name: unknown): T {
  if (typeof name !== 'string' || !Object.hasOwn(members, name)) throw notUnderstood();
  return members[name]!;
}
