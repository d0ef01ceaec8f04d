/**
 * The chain behind a WebSocket, kept in a folder.
 *
 * @module
 */
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { type Devchain, type DevchainOptions, openDevchain } from '../devchain.js';
import { openJournal } from './file-journal.js';

export interface ServerOptions extends Omit<DevchainOptions, 'journal'> {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 for any free one. Default 4420. */
  readonly port?: number;
  /** Folder for the chain. Default: in memory only. */
  readonly data?: string;
}

export interface RunningDevchain {
  readonly url: string;
  readonly port: number;
  readonly chain: Devchain;
  close(): Promise<void>;
}

const LONGEST_MESSAGE = 16 * 1024 * 1024;
const GOING_AWAY = 1001;

export async function startDevchain(options: ServerOptions = {}): Promise<RunningDevchain> {
  const { host = '127.0.0.1', port = 4420, data, ...rest } = options;
  const server = new WebSocketServer({ host, port, maxPayload: LONGEST_MESSAGE });
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  const opening = openDevchain({
    ...rest,
    ...(data !== undefined && { journal: (genesis) => openJournal(data, genesis) }),
  });
  server.on('connection', (socket) => {
    const early: string[] = [];
    let take = (text: string): void => void early.push(text);
    socket.on('message', (message) => take(String(message)));
    socket.on('error', () => socket.terminate());
    void opening.then((chain) => {
      const line = chain.connect((text) => socket.send(text));
      socket.on('close', () => line.close());
      take = (text) => line.send(text);
      early.forEach(take);
    });
  });
  const close = () =>
    new Promise<void>((resolve) => {
      for (const socket of server.clients) socket.close(GOING_AWAY);
      server.close(() => resolve());
    });
  try {
    const chain = await opening;
    const { port: taken } = server.address() as AddressInfo;
    return {
      url: `ws://${host.includes(':') ? `[${host}]` : host}:${taken}`,
      port: taken,
      chain,
      close: async () => {
        chain.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
