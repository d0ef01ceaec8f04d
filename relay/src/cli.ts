/**
 * `npx coming-relay`: runs a relay until it is told to stop.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { ComingError } from '../../core/errors.js';
import { HELP, readArguments, UsageError } from './arguments.js';
import { jsonLogger } from './logger.js';
import { startRelay } from './server.js';

const log = jsonLogger((line) => process.stderr.write(line));

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`coming-relay: ${explain(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function main(args: readonly string[]): Promise<void> {
  const options = readArguments(args);
  if (options === 'help') return void process.stdout.write(HELP);
  if (options === 'version') return void process.stdout.write(`${version()}\n`);
  const relay = await startRelay({ ...options, log });
  process.stdout.write(`coming-relay listens on ${relay.url}\n`);
  log.info('started', { port: relay.port });
  const stop = (signal: string) => {
    log.info('stopping', { signal });
    void relay.close().then(() => log.info('stopped'));
  };
  // Once: a second signal ends the process at once.
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}. Try --help.`;
  if (error instanceof ComingError) return error.message;
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return 'the port is taken; choose another with --port';
    case 'EACCES':
      return 'the port needs more rights; choose another with --port';
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'the host is not an address of this machine; choose another with --host';
    default:
      return (error as Error).message;
  }
}
