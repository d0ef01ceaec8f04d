/**
 * The command line of the local chain.
 *
 * @module
 */
import { parseArgs } from 'node:util';
import type { ServerOptions } from './node/server.js';

export const HELP = `Usage: coming-devchain [options]

Runs a local chain with ChainX's pallets and calls, for development and tests. Its coins are worth nothing.

  --data DIR         folder for the chain                          (default: .data/devchain)
  --host HOST        address to listen on                          (default: 127.0.0.1)
  --port PORT        port to listen on, 0 for any free one         (default: 4420)
  --origin ORIGIN    page that may connect, as https://dapp.example; may be repeated
                     (those of this machine and extensions always may)
  --block-time MS    time between blocks while there is work       (default: 500)
  --idle-time MS     time between blocks while there is none       (default: 6000)
  --finality N       blocks that finality is behind                (default: 2)
  --memory           keep nothing
  --help             print this
  --version          print the version
`;

/** Something on the command line that cannot be understood; the message says what. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const LONGEST_TIME = 3_600_000;

/**
 * Reads the command line.
 *
 * @throws UsageError
 */
export function readArguments(args: readonly string[]): ServerOptions | 'help' | 'version' {
  const { help, version, data = '.data/devchain', host, port, origin, memory, ...times } = parse(args);
  if (help) return 'help';
  if (version) return 'version';
  if (data === '') throw new UsageError('--data needs a folder');
  if (host === '') throw new UsageError('--host needs an address');
  const finality = times.finality;
  return {
    ...(!memory && { data }),
    ...(host !== undefined && { host }),
    ...(origin !== undefined && { origins: origin.map(readOrigin) }),
    ...(port !== undefined && { port: readNumber('--port', port, 0, 65_535) }),
    blockTime: readNumber('--block-time', times['block-time'] ?? '500', 10, LONGEST_TIME),
    idleTime: readNumber('--idle-time', times['idle-time'] ?? '6000', 10, LONGEST_TIME),
    ...(finality !== undefined && { finalityLag: readNumber('--finality', finality, 0, 1000) }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        host: { type: 'string' },
        port: { type: 'string' },
        origin: { type: 'string', multiple: true },
        'block-time': { type: 'string' },
        'idle-time': { type: 'string' },
        finality: { type: 'string' },
        memory: { type: 'boolean' },
        help: { type: 'boolean' },
        version: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0]!);
  }
}

function readOrigin(text: string): string {
  if (!URL.canParse(text) || new URL(text).origin !== text) {
    throw new UsageError('--origin is a scheme, a host and perhaps a port, as https://dapp.example');
  }
  return text;
}

function readNumber(flag: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (!/^\d{1,7}$/.test(text) || number < least || number > most) {
    throw new UsageError(`${flag} is a number from ${least} to ${most}`);
  }
  return number;
}
