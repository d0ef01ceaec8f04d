/**
 * The client for elements that have neither a client of their own nor a provider above them.
 *
 * @module
 */
import type { ComingClient } from '../../core/client.js';
import { LOADING, type ClientOffer } from './client-context.js';
import { OwnedClient, type LocalChain, type LocalClientOptions } from './local-client.js';

/** A ready client, or what one is made from. */
export type PageDefault =
  | { readonly client: ComingClient }
  | {
      readonly relay: string;
      readonly profile?: string | undefined;
      readonly chain?: LocalChain | undefined;
      readonly worker?: boolean | undefined;
    };

type Listener = (offer: ClientOffer | undefined) => void;

const listeners = new Set<Listener>();
let options: LocalClientOptions | undefined;
let owned: OwnedClient | undefined;
let given: ClientOffer | undefined;

/**
 * Sets the page default; elements that use it change over at once.
 * A client is made from `relay` only when an element needs it, and closed when the default changes.
 */
export function configure(next: PageDefault | undefined): void {
  owned?.close();
  owned = undefined;
  given = next && 'client' in next ? { client: next.client, problem: undefined } : undefined;
  options = next && 'relay' in next ? { ...next, profile: next.profile ?? 'default' } : undefined;
  publish();
}

/** Hears of the page default at once and on every change; undefined when there is none. */
export function watchPageDefault(listener: Listener): () => void {
  listeners.add(listener);
  listener(current());
  return () => listeners.delete(listener);
}

function current(): ClientOffer | undefined {
  if (given) return given;
  if (!options) return undefined;
  owned ??= new OwnedClient(options, publish);
  return owned?.offer ?? LOADING;
}

function publish(): void {
  // Nobody listening means nobody needs a client yet.
  for (const listener of listeners) listener(current());
}
