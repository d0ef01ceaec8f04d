/**
 * Settings: one table, read from flags and the environment, with an error for every field that is wrong.
 *
 * A flag wins over its variable. Every variable can be given as a file whose content counts (`…_FILE`), as
 * secrets are handed to containers.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as read from './setting-values.js';

interface Setting {
  readonly flag: string;
  /** What stands for its value in the help; absent: a switch. */
  readonly value?: string;
  readonly help: string;
  readonly read: (text: string) => unknown;
  readonly initial?: unknown;
  /** Its value is never printed. */
  readonly secret?: true;
}

const SETTINGS = {
  data: {
    flag: 'data',
    value: 'DIR',
    help: 'folder for what is kept',
    read: read.text,
    initial: '.data/relay',
  },
  host: { flag: 'host', value: 'HOST', help: 'address to listen on', read: read.text, initial: '127.0.0.1' },
  port: {
    flag: 'port',
    value: 'PORT',
    help: 'port to listen on, 0 for any free one',
    read: read.port,
    initial: 4410,
  },
  domain: {
    ...{ flag: 'domain', value: 'NAME', read: read.host },
    help: 'host that devices connect to, e.g. relay.example; they sign it when they log in. Set it',
  },
  postgres: {
    ...{ flag: 'postgres', value: 'URL', read: read.url('postgres:', 'postgresql:'), secret: true },
    help: 'keep everything in PostgreSQL instead of the folder',
  },
  redis: {
    ...{ flag: 'redis', value: 'URL', read: read.url('redis:', 'rediss:'), secret: true },
    help: 'the bus between several relays; needs --postgres',
  },
  blobs: {
    ...{ flag: 'blobs', value: 'DIR', read: String },
    help: 'folder for encrypted attachments, shared by several relays; empty for none (DIR/blobs of --data)',
  },
  s3: {
    ...{ flag: 's3', value: 'URL', read: read.bucket },
    help: 'keep attachments in this bucket, e.g. https://s3.example/attachments; --blobs is then on the way',
  },
  s3Region: {
    ...{ flag: 's3-region', value: 'NAME', read: read.text, initial: 'us-east-1' },
    help: 'region of --s3',
  },
  s3Key: {
    ...{ flag: 's3-key', value: 'ID', read: read.text, secret: true },
    help: 'access key of --s3',
  },
  s3Secret: {
    ...{ flag: 's3-secret', value: 'TEXT', read: read.text, secret: true },
    help: 'secret of --s3; better in the environment, as a file',
  },
  allowedOrigins: {
    ...{ flag: 'origins', value: 'LIST', read: read.origins },
    help: 'web origins that may connect, separated by commas; without it, all',
  },
  behindProxy: {
    flag: 'behind-proxy',
    help: 'believe X-Forwarded-For: a proxy in front writes it',
    read: read.yes,
  },
  opsPort: {
    ...{ flag: 'ops-port', value: 'PORT', read: read.port },
    help: 'port for /healthz, /readyz and /metrics, for operators only; without it, none',
  },
  opsHost: {
    ...{ flag: 'ops-host', value: 'HOST', read: read.text, initial: '127.0.0.1' },
    help: 'address for --ops-port',
  },
  drainSeconds: {
    ...{ flag: 'drain', value: 'SECONDS', read: read.whole(0, 600), initial: 0 },
    help: 'time over which devices are sent elsewhere before this relay stops',
  },
  keepDays: {
    ...{ flag: 'keep-days', value: 'DAYS', read: read.whole(1, 30), initial: 30 },
    help: 'days after which an envelope that nobody fetched is deleted',
  },
  mailbox: {
    ...{ flag: 'mailbox', value: 'N', read: read.whole(100, 1_000_000), initial: 5_000 },
    help: 'envelopes that can wait for one device',
  },
  maxSockets: {
    ...{ flag: 'max-sockets', value: 'N', read: read.whole(1, 1_000_000), initial: 10_000 },
    help: 'sockets open at once',
  },
  rateFactor: {
    ...{ flag: 'rate-factor', value: 'N', read: read.factor, initial: 1 },
    help: 'all limits on rates, so many times as high',
  },
  logLevel: {
    ...{ flag: 'log-level', value: 'LEVEL', read: read.oneOf('info', 'error', 'silent'), initial: 'info' },
    help: 'info, error or silent',
  },
} as const satisfies Record<string, Setting>;

type Table = typeof SETTINGS;
type Value<S> = S extends { readonly read: (text: string) => infer T } ? T : never;
export type Settings = {
  readonly [Name in keyof Table]:
    Value<Table[Name]> | (Table[Name] extends { readonly initial: unknown } ? never : undefined);
};

/** What cannot be understood; the message has a line for each fault. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export type Environment = Readonly<Record<string, string | undefined>>;

const entries = Object.entries(SETTINGS) as [keyof Table, Setting][];

/** Flags and the words beside them. */
export function parseFlags(args: readonly string[]) {
  const options = Object.fromEntries(
    entries.map(([, { flag, value }]) => [
      flag,
      { type: value ? ('string' as const) : ('boolean' as const) },
    ]),
  );
  const switches = {
    help: { type: 'boolean' },
    version: { type: 'boolean' },
    'print-config': { type: 'boolean' },
  };
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...options, ...(switches as typeof options) },
    });
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0]!);
  }
}

/** @throws UsageError */
export function readSettings(
  flags: Readonly<Record<string, string | boolean | undefined>>,
  environment: Environment,
): Settings {
  const faults: string[] = [];
  const settings = entries.map(([name, setting]): [string, unknown] => {
    try {
      const given = flags[setting.flag];
      const text = given === undefined ? fromEnvironment(setting, environment) : String(given);
      return [name, text === undefined ? setting.initial : setting.read(text)];
    } catch (error) {
      const source = flags[setting.flag] === undefined ? variableOf(setting) : `--${setting.flag}`;
      faults.push(`${source} ${(error as Error).message}`);
      return [name, undefined];
    }
  });
  const result = Object.fromEntries(settings) as Settings;
  faults.push(...faultsTogether(result));
  faults.push(...unknownIn(environment));
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  return result;
}

/** What is wrong with settings that are right by themselves. */
function faultsTogether({ redis, postgres, blobs, s3, s3Key, s3Secret }: Settings): string[] {
  const faults = [
    redis && !postgres && '--redis needs --postgres: relays share one database',
    s3 && !s3Key && '--s3 needs --s3-key',
    s3 && !s3Secret && '--s3 needs --s3-secret',
    s3 && blobs === '' && '--s3 needs a folder for what is on its way: --blobs must not be empty',
    !s3 && (s3Key ?? s3Secret) && '--s3-key and --s3-secret need --s3',
  ];
  return faults.filter((one) => typeof one === 'string' && one !== '') as string[];
}

/** Settings as they may be shown. */
export function printable(settings: Settings): Record<string, unknown> {
  return Object.fromEntries(
    entries.map(([name, { secret }]) => [
      name,
      settings[name] !== undefined && secret ? '(set)' : (settings[name] ?? null),
    ]),
  );
}

export function help(): string {
  const lines = entries.map(([, { flag, value, help: text, initial }]) => {
    const start = `  --${flag}${value ? ` ${value}` : ''}`.padEnd(24);
    return `${start}${text}${initial === undefined ? '' : ` (${String(initial)})`}`;
  });
  return `${lines.join('\n')}

Each can be set in the environment: --ops-port as COMING_RELAY_OPS_PORT, or its content in a file that
COMING_RELAY_OPS_PORT_FILE names.
`;
}

const PREFIX = 'COMING_RELAY_';

function variableOf({ flag }: Setting): string {
  return PREFIX + flag.toUpperCase().replaceAll('-', '_');
}

function fromEnvironment(setting: Setting, environment: Environment): string | undefined {
  const variable = variableOf(setting);
  const [text, file] = [environment[variable], environment[`${variable}_FILE`]];
  if (text !== undefined && file !== undefined) throw new Error('is given twice, also as a file');
  if (file === undefined) return text;
  try {
    return readFileSync(file, 'utf8').trimEnd();
  } catch {
    throw new Error('is given as a file that cannot be read');
  }
}

/** A variable that is written wrongly would otherwise be believed to work. */
function unknownIn(environment: Environment): string[] {
  const known = new Set(
    entries.flatMap(([, setting]) => [variableOf(setting), `${variableOf(setting)}_FILE`]),
  );
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && !known.has(name))
    .map((name) => `${name} is no setting`);
}
