/**
 * The command line of the relay: a command, and settings.
 *
 * @module
 */
import type { BucketOptions } from './blobs/bucket-shelf.js';
import { LIMITS } from './limits.js';
import { RATES, scaled } from './rates.js';
import type { RelayOptions } from './server.js';
import { help, parseFlags, readSettings, UsageError, type Environment, type Settings } from './settings.js';

const COMMANDS = {
  serve: 0,
  stats: 0,
  devices: 1,
  purge: 1,
  'delete-account': 1,
  doctor: 0,
} as const;

export type Command = keyof typeof COMMANDS;

export interface Invocation {
  readonly command: Command | 'help' | 'version' | 'print-config';
  /** What the command is about: a Coming ID. */
  readonly subject: string;
  readonly settings: Settings;
}

export function helpText(): string {
  return `Usage: coming-relay [command] [options]

Forwards end-to-end encrypted envelopes between devices and keeps them until they are acknowledged.

Commands:
  serve                 run a relay until it is told to stop (the default)
  doctor                check the settings, the database and the bus
  stats                 count what is kept
  devices ID            the devices of an account and what waits for them
  purge ID              delete what waits for an account
  delete-account ID     delete all that is kept of an account, its log included
An embedded database belongs to the relay that runs: stop it first.

Options, with what holds without them:
${help()}
  --print-config        print the settings as they would count, without secrets
  --help, --version
`;
}

/** @throws UsageError */
export function readArguments(args: readonly string[], environment: Environment): Invocation {
  const { values, positionals } = parseFlags(args);
  const [command = 'serve', ...subjects] = positionals;
  const wanted = values['help'] ? 'help' : values['version'] ? 'version' : undefined;
  // Whoever asks for help should get it whatever else is wrong.
  const settings = readSettings(wanted ? {} : values, wanted ? {} : environment);
  if (wanted) return { command: wanted, subject: '', settings };
  if (!(command in COMMANDS)) throw new UsageError(`there is no command ${command}`);
  if (subjects.length !== COMMANDS[command as Command]) {
    throw new UsageError(
      COMMANDS[command as Command] ? `${command} needs one Coming ID` : `${command} takes no more words`,
    );
  }
  if (values['print-config']) return { command: 'print-config', subject: '', settings };
  return { command: command as Command, subject: subjects[0] ?? '', settings };
}

/** What the settings mean for a relay. */
export function toOptions({
  rateFactor,
  keepDays,
  mailbox,
  maxSockets,
  ...settings
}: Settings): RelayOptions {
  const { domain, allowedOrigins, behindProxy, opsPort, opsHost, ...others } = settings;
  return {
    ...others,
    ...(domain !== undefined && { domain }),
    ...(allowedOrigins && { allowedOrigins }),
    ...(opsPort !== undefined && { ops: { port: opsPort, host: opsHost } }),
    bucket: bucketOf(settings),
    behindProxy: behindProxy ?? false,
    rates: scaled(RATES, rateFactor),
    limits: {
      ...LIMITS,
      keepSeconds: keepDays * 24 * 60 * 60,
      mailboxEnvelopes: mailbox,
      sockets: maxSockets,
    },
  };
}

/** Where whole blobs are kept, unless in the folder. */
export function bucketOf({
  s3,
  s3Region,
  s3Key,
  s3Secret,
}: Pick<Settings, 's3' | 's3Region' | 's3Key' | 's3Secret'>): BucketOptions | undefined {
  return s3 && s3Key && s3Secret ? { url: s3, region: s3Region, key: s3Key, secret: s3Secret } : undefined;
}
