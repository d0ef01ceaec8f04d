/**
 * The command line of the relay.
 *
 * @module
 */
import { parseArgs } from 'node:util';
import { RATES, scaled } from './rates.js';
import type { RelayOptions } from './server.js';

export const HELP = `Usage: coming-relay [options]

Forwards end-to-end encrypted envelopes between devices and keeps them until they are acknowledged.

  --data DIR     folder for what is kept                  (default: .data/relay)
  --host HOST    address to listen on                     (default: 127.0.0.1)
  --port PORT    port to listen on, 0 for any free one    (default: 4410)
  --domain NAME  host (and port, unless it is the default) that devices connect to,
                 e.g. relay.example; they sign it when they log in
                 (default: what each device says it connected to)
  --rate-factor N  all limits on rates, so many times as high (default: 1)
  --behind-proxy   believe X-Forwarded-For: a proxy in front writes it
  --help         print this
  --version      print the version
`;

/** Something on the command line that cannot be understood; the message says what. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Reads the command line.
 *
 * @throws UsageError
 */
export function readArguments(args: readonly string[]): RelayOptions | 'help' | 'version' {
  const {
    help,
    version,
    data = '.data/relay',
    host,
    port,
    domain,
    'rate-factor': factor,
    'behind-proxy': behindProxy,
  } = parse(args);
  if (help) return 'help';
  if (version) return 'version';
  if (data === '') throw new UsageError('--data needs a folder');
  if (host === '') throw new UsageError('--host needs an address');
  if (domain !== undefined && !isHost(domain)) {
    throw new UsageError('--domain is a host name such as relay.example or localhost:4410, without ws://');
  }
  return {
    data,
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port: readPort(port) }),
    ...(domain !== undefined && { domain }),
    ...(factor !== undefined && { rates: scaled(RATES, readFactor(factor)) }),
    ...(behindProxy && { behindProxy }),
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
        domain: { type: 'string' },
        'rate-factor': { type: 'string' },
        'behind-proxy': { type: 'boolean' },
        help: { type: 'boolean' },
        version: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0]!);
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65535) throw new UsageError('--port is a number from 0 to 65535');
  return port;
}

function readFactor(text: string): number {
  const factor = Number(text);
  if (text === '' || !(factor > 0)) throw new UsageError('--rate-factor is a number above 0');
  return factor;
}

function isHost(text: string): boolean {
  // A URL's host is written in one way only: lower case, no default port.
  return URL.canParse(`https://${text}`) && new URL(`https://${text}`).host === text;
}
