/**
 * A real client that shows one's own account or another person in states that one can hardly be brought into.
 *
 * @module
 */
import type {
  ComingClient,
  Contact,
  ContactSnapshot,
  Identity,
  IdentitySnapshot,
  Watchable,
} from '../../core/client.js';
import { pretending, type Pretence } from './pretending.js';

/** The client, in whose eyes everybody is as the snapshot says. */
export function contactShown(
  client: ComingClient,
  snapshot: Partial<ContactSnapshot>,
  members: Partial<Contact> = {},
  pretence: Pretence = {},
): ComingClient {
  return {
    ...pretending(client, pretence),
    openContact: async (peer) => {
      const real = await client.openContact(peer);
      return withSnapshot(
        real,
        mapped(real.snapshot, (value) => ({ ...value, ...snapshot })),
        members,
      );
    },
  };
}

/** The client, whose own account is as the snapshot says. */
export function identityShown(
  client: ComingClient,
  snapshot: Partial<IdentitySnapshot>,
  members: Partial<Identity> = {},
  pretence: Pretence = {},
): ComingClient {
  return {
    ...pretending(client, pretence),
    openIdentity: async () => {
      const real = await client.openIdentity();
      return withSnapshot(
        real,
        mapped(real.snapshot, (value) => ({ ...value, ...snapshot })),
        members,
      );
    },
  };
}

/** The same thing with another snapshot and some members replaced; whatever else is called reaches the real one. */
function withSnapshot<Thing extends object>(
  real: Thing,
  snapshot: Watchable<unknown>,
  members: Partial<Thing>,
): Thing {
  const replaced: Record<PropertyKey, unknown> = { snapshot, ...members };
  return new Proxy(real, {
    get: (target, name) => {
      if (name in replaced) return replaced[name];
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member as (...args: unknown[]) => unknown).bind(target) : member;
    },
  });
}

/** Each value of a source as something else; the same value gives the same thing again. */
function mapped<T extends object, U>(source: Watchable<T>, map: (value: T) => U): Watchable<U> {
  const made = new WeakMap<T, U>();
  const current = (value: T): U => {
    if (!made.has(value)) made.set(value, map(value));
    return made.get(value)!;
  };
  return {
    get value() {
      return current(source.value);
    },
    subscribe: (listener) => source.subscribe((value) => listener(current(value))),
  };
}
