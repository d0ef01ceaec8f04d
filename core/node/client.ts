/**
 * The client in Node, for bots and support desks: the same as in a page, with its database in a folder.
 *
 * @module
 */
import { join } from 'node:path';
import type { ComingClient } from '../client.js';
import { createLocalClient, type LocalClientOptions } from '../local/index.js';
import { openFileDatabase } from './file-database.js';
import { nodeWebSocket } from './web-socket.js';

export interface NodeClientOptions extends Omit<LocalClientOptions, 'database' | 'storage'> {
  /** Where everything is kept: one folder per profile in it, made if there is none. For this process alone. */
  readonly folder: string;
}

/**
 * Opens a profile of a folder. Nothing is read from the process' signals: call `close` when it is to end.
 *
 * @throws ComingError `no-web-socket`, `not-owner` (another process has this profile), `damaged-database`, `newer-database`,
 *   `storage-unavailable`, `storage-full`
 * @throws RangeError when `relay` is not a WebSocket address, `profile` not a short name, or `chain` none
 */
export async function createNodeClient({ folder, ...options }: NodeClientOptions): Promise<ComingClient> {
  const { profile = 'default', chain } = options;
  // It becomes the name of a folder.
  if (!/^\w[\w.-]{0,63}$/.test(profile)) throw new RangeError('a profile is a short name');
  const webSocket = options.webSocket ?? (await nodeWebSocket());
  const chainSocket = chain && (chain.webSocket ?? (await nodeWebSocket()));
  const database = await openFileDatabase(join(folder, profile));
  try {
    return createLocalClient({
      ...options,
      profile,
      webSocket,
      database,
      chain: chain && { ...chain, webSocket: chainSocket },
    });
  } catch (error) {
    database.close();
    throw error;
  }
}
