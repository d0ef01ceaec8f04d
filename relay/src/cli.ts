/**
 * `npx coming-relay`: runs a relay until it is told to stop, or one of the operator's commands.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { ComingError } from '../../core/errors.js';
import { helpText, readArguments, toOptions, type Invocation } from './arguments.js';
import { jsonLogger } from './logger.js';
import { startRelay } from './server.js';
import { printable, UsageError, type Settings } from './settings.js';

try {
  await main(readArguments(process.argv.slice(2), process.env));
} catch (error) {
  for (const line of explain(error).split('\n')) process.stderr.write(`coming-relay: ${line}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function main({ command, subject, settings }: Invocation): Promise<void> {
  switch (command) {
    case 'help':
      return void process.stdout.write(helpText());
    case 'version':
      return print(version());
    case 'print-config':
      return print(JSON.stringify(printable(settings), undefined, 2));
    case 'serve':
      return serve(settings);
    default: {
      const { runCommand } = await import('./commands.js');
      if (!(await runCommand({ command, subject, settings }, print))) process.exitCode = 1;
    }
  }
}

async function serve(settings: Settings): Promise<void> {
  const log = jsonLogger(settings.logLevel);
  const relay = await startRelay({ ...toOptions(settings), log });
  print(`coming-relay listens on ${relay.url}`);
  log.info('started', { port: relay.port, ...(relay.opsPort !== undefined && { opsPort: relay.opsPort }) });
  const stop = (signal: string) => {
    log.info('stopping', { signal });
    void relay.close().then(() => log.info('stopped'));
  };
  // Once: a second signal ends the process at once.
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\nTry --help.`;
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
