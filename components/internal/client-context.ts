/**
 * How a client gets from a provider to the elements below it.
 *
 * @module
 */
import { createContext, type Context } from '@lit/context';
import type { ComingClient } from '../../core/client.js';
import type { ErrorCode } from '../../core/errors.js';

/** What a provider has to offer at the moment: a client, one that is being loaded, or why there is none. */
export interface ClientOffer {
  readonly client: ComingClient | undefined;
  readonly problem: ErrorCode | undefined;
}

/** A client is on its way. */
export const LOADING: ClientOffer = { client: undefined, problem: undefined };

/** A registered symbol, so that two copies of the kit on one page understand each other. */
export const clientContext: Context<symbol, ClientOffer> = createContext<ClientOffer, symbol>(
  Symbol.for('coming-kit/client'),
);
