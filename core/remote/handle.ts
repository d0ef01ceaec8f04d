/**
 * An object of the owner's, as the view holds it: its values, and its methods by name.
 *
 * @module
 */
import type { Watchable } from '../client.js';
import type { ComingError } from '../errors.js';
import type { Kind } from './kinds.js';
import type { Described } from './messages.js';
import { Watched } from './watched.js';

/** Asks the owner. */
export interface Asker {
  call(handle: Handle, name: string, values: readonly unknown[]): Promise<unknown>;
  notice(handle: Handle, name: string): void;
  watch(handle: Handle, name: string, values: readonly unknown[]): Watchable<unknown>;
}

/** How a handle was got. */
export interface Opening {
  readonly name: string;
  readonly values: readonly unknown[];
}

export class Handle {
  /** What callers hold. */
  readonly face: object;
  /** The number that the present owner gave it; undefined while it has none. */
  on: number | undefined;
  /** Why nothing can be asked of it any more. */
  problem: ComingError<string> | undefined;
  readonly #watched = new Map<string, Watched<unknown>>();
  #plain: Described['plain'] = {};
  /** What the next owner says, until it has come as far as what is shown. */
  #held: Map<string, unknown> | undefined;

  constructor(
    readonly kind: Kind,
    readonly opening: Opening,
    values: Described['values'],
    asker: Asker,
  ) {
    const face = {};
    const show = (name: string, get: () => unknown) =>
      Object.defineProperty(face, name, { get, enumerable: true });
    for (const [name, following] of Object.entries(kind.watched)) {
      if (following === 'listened') {
        const listened = asker.watch(this, name, []);
        show(name, () => listened);
        continue;
      }
      const watched = new Watched(values[name]);
      this.#watched.set(name, watched);
      show(name, () => watched);
    }
    for (const name of Object.keys(kind.plain)) show(name, () => this.#plain[name]);
    const methods: Record<string, unknown> = face;
    for (const name of Object.keys(kind.calls)) {
      methods[name] = (...given: unknown[]) => asker.call(this, name, given);
    }
    for (const name of Object.keys(kind.notices)) methods[name] = () => asker.notice(this, name);
    for (const [name, { check }] of Object.entries(kind.watchings)) {
      methods[name] = (...given: never[]) => {
        check?.(face as never, ...given);
        return asker.watch(this, name, given);
      };
    }
    this.face = face;
  }

  /** What is shown now. */
  shown(name: string): unknown {
    return this.#watched.get(name)?.value;
  }

  /** What the next owner said last. */
  held(name: string): unknown {
    return this.#held?.get(name);
  }

  /** Open at the present owner, and as far as it was at the one before. */
  get isOpen(): boolean {
    return this.on !== undefined && !this.#held;
  }

  /** The owner is gone: what it said last is what is shown. */
  lose(): void {
    this.on = undefined;
    this.#held = undefined;
  }

  /** Open at an owner; keeps what it says until {@link release}. */
  hold({ on, plain, values }: Described): void {
    this.on = on;
    this.#plain = plain;
    this.#held = new Map(Object.entries(values));
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const [name, value] of held) this.hear(name, value);
  }

  /** A value changed. */
  hear(name: string, value: unknown, plain?: Described['plain']): void {
    if (plain) this.#plain = plain;
    if (this.#held) this.#held.set(name, value);
    else this.#watched.get(name)?.publish(value);
  }
}
