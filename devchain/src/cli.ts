/**
 * `npx coming-devchain`: runs the local chain until it is told to stop.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { HELP, readArguments, UsageError } from './arguments.js';
import { startDevchain } from './node/server.js';

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`coming-devchain: ${explain(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function main(args: readonly string[]): Promise<void> {
  const options = readArguments(args);
  if (options === 'help') return void process.stdout.write(HELP);
  if (options === 'version') return void process.stdout.write(`${version()}\n`);
  const running = await startDevchain(options);
  process.stdout.write(`coming-devchain listens on ${running.url}\n`);
  const stop = () => void running.close();
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
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return 'the port is taken; choose another with --port';
    case 'EACCES':
      return 'the port or the folder needs more rights; choose another one';
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'the host is not an address of this machine; choose another with --host';
    default:
      return (error as Error).message;
  }
}
