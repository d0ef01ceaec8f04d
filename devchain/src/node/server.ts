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
  /** Pages that may connect, beside those of this machine and browser extensions, e.g. `https://dapp.example`. */
  readonly origins?: readonly string[];
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
/** A client that reads none of its answers is let go when so much waits for it. */
const MOST_WAITING = 32 * 1024 * 1024;
const FORBIDDEN = 403;
const LOCAL_HOST = /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const EXTENSION = /^(?:chrome|moz|safari-web)-extension:$/;
const GOING_AWAY = 1001;

export async function startDevchain(options: ServerOptions = {}): Promise<RunningDevchain> {
  const { host = '127.0.0.1', port = 4420, origins = [], data, ...rest } = options;
  const server = new WebSocketServer({
    host,
    port,
    maxPayload: LONGEST_MESSAGE,
    verifyClient: ({ req }, decide) => decide(isWelcome(req.headers.origin, origins), FORBIDDEN),
  });
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
    const serve = (chain: Devchain) => {
      const line = chain.connect((text) => {
        if (socket.bufferedAmount > MOST_WAITING) socket.terminate();
        else socket.send(text);
      });
      socket.on('close', () => line.close());
      take = (text) => line.send(text);
      early.forEach(take);
    };
    opening.then(serve, () => socket.terminate());
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

/** Any page on the web could reach a node of this machine: only those that are meant to are let in. */
function isWelcome(origin: string | undefined, named: readonly string[]): boolean {
  if (origin === undefined || named.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return EXTENSION.test(protocol) || (/^https?:$/.test(protocol) && LOCAL_HOST.test(hostname));
}
