/**
 * What a person's own account and their contacts are made from: the parts of the client that is signed in.
 *
 * @module
 */
import type { Asset } from '../ledger/assets.js';
import type { Chain } from '../ledger/chain.js';
import type { Device, Messaging } from '../messaging/index.js';
import type { AccountHex, Change, Database } from '../store/index.js';
import type { Relay } from '../transport/index.js';

export interface AccountsContext {
  readonly db: Database;
  readonly relay: Relay;
  readonly device: Device;
  readonly messaging: Messaging;
  /** CAIP-2 name of the chain; undefined when the client was given none. */
  readonly chainName: string | undefined;
  /** The chain's own coin, where there is a chain. */
  readonly coin: Asset | undefined;
  now(): number;
  /** Connects when it is first asked for. @throws ComingError `no-chain`, `not-loaded` */
  chain(): Promise<Chain>;
  /** Shows what is stored of this device anew. */
  deviceChanged(): void;
  /** Shows what is stored of a peer anew. */
  changed(peer: AccountHex): void;
  /** Goes on as the device that these changes store. */
  become(changes: readonly Change[]): Promise<void>;
  /** Signs out and erases everything here. */
  leave(): Promise<void>;
}
