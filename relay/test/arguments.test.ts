import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { helpText, readArguments, toOptions } from '../src/arguments.js';
import { printable, UsageError } from '../src/settings.js';
import { folder } from './running.js';

const settings = (args: string[] = [], environment: Record<string, string> = {}) =>
  readArguments(args, environment).settings;

test('without flags everything has its default', () => {
  expect(readArguments([], {})).toMatchObject({ command: 'serve', subject: '' });
  expect(settings()).toMatchObject({ data: '.data/relay', port: 4410, host: '127.0.0.1', keepDays: 30 });
  expect(toOptions(settings())).toMatchObject({ data: '.data/relay', behindProxy: false });
  expect(toOptions(settings())).not.toHaveProperty('ops');
});

test('every flag is read', () => {
  const flags = ['--data', '/var/relay', '--host', '::1', '--port=0', '--domain', 'relay.example:4410'];
  expect(settings(flags)).toMatchObject({
    ...{ data: '/var/relay', host: '::1', port: 0, domain: 'relay.example:4410' },
  });
  const more = [
    '--postgres',
    'postgres://db/relay',
    '--redis',
    'redis://bus',
    '--behind-proxy',
    '--ops-port',
    '9',
  ];
  const options = toOptions(
    settings([
      ...more,
      '--origins',
      'https://a.example, https://b.example',
      '--keep-days',
      '2',
      '--mailbox',
      '200',
    ]),
  );
  expect(options).toMatchObject({
    ...{ postgres: 'postgres://db/relay', redis: 'redis://bus', behindProxy: true, ops: { port: 9 } },
    ...{
      allowedOrigins: ['https://a.example', 'https://b.example'],
      limits: { keepSeconds: 172_800, mailboxEnvelopes: 200 },
    },
  });
});

test('commands are read with what they are about', () => {
  expect(readArguments(['devices', '5abc', '--data', 'x'], {})).toMatchObject({
    command: 'devices',
    subject: '5abc',
  });
  expect(readArguments(['--help', '--port', 'x'], { COMING_RELAY_NONE: '1' }).command).toBe('help');
  expect(readArguments(['--version', '--port', '1'], {}).command).toBe('version');
  expect(readArguments(['--print-config'], {}).command).toBe('print-config');
});

test('the environment is read, a file for it too, and a flag wins', () => {
  const file = join(folder(), 'secret');
  writeFileSync(file, 'postgres://relay:secret@db/relay\n');
  const environment = {
    COMING_RELAY_PORT: '1',
    COMING_RELAY_POSTGRES_FILE: file,
    COMING_RELAY_BEHIND_PROXY: 'true',
  };
  expect(settings([], environment)).toMatchObject({
    ...{ port: 1, postgres: 'postgres://relay:secret@db/relay', behindProxy: true },
  });
  expect(settings(['--port', '2'], environment).port).toBe(2);
  expect(JSON.stringify(printable(settings([], environment)))).not.toContain('secret');
});

test('a bucket is read, its secret from a file, and neither key nor secret is printed', () => {
  const file = join(folder(), 'secret');
  writeFileSync(file, 'hunter2\n');
  const found = settings(['--s3', 'https://s3.example/attachments'], {
    COMING_RELAY_S3_KEY: 'AKEXAMPLE',
    COMING_RELAY_S3_SECRET_FILE: file,
  });
  expect(toOptions(found).bucket).toEqual({
    ...{ url: 'https://s3.example/attachments', region: 'us-east-1', key: 'AKEXAMPLE', secret: 'hunter2' },
  });
  expect(JSON.stringify(printable(found))).not.toMatch(/hunter2|AKEXAMPLE/);
  expect(() =>
    settings(['--s3', 'https://s3.example/a', '--s3-key', 'a', '--s3-secret', 'b', '--blobs=']),
  ).toThrow('--s3 needs a folder');
});

test('every field that is wrong is named, all of them at once, and no secret is quoted', () => {
  const environment = {
    COMING_RELAY_PORT: 'x',
    COMING_RELAY_POSTGRES: 'mysql://root:hunter2@db',
    COMING_RELAY_PROT: '1',
    COMING_RELAY_HOST: '::1',
    COMING_RELAY_HOST_FILE: '/none',
    COMING_RELAY_DATA_FILE: '/none',
  };
  const read = () => settings(['--drain', '9999'], environment);
  expect(read).toThrow(UsageError);
  const lines = messageOf(read).split('\n');
  expect(lines).toEqual([
    'COMING_RELAY_DATA is given as a file that cannot be read',
    'COMING_RELAY_HOST is given twice, also as a file',
    'COMING_RELAY_PORT is a number from 0 to 65535',
    'COMING_RELAY_POSTGRES is a URL that begins with postgres:// or postgresql://',
    '--drain is a number from 0 to 600',
    'COMING_RELAY_PROT is no setting',
  ]);
});

test.each([
  [['--prot', '1'], "Unknown option '--prot'"],
  [['--port', 'x'], '--port is a number from 0 to 65535'],
  [['--port', '65536'], '--port is a number from 0 to 65535'],
  [['--port', '-1'], "Option '--port"],
  [['--data'], "Option '--data <value>' argument missing"],
  [['--data='], '--data must not be empty'],
  [['--domain', 'wss://relay.example'], '--domain is a host name'],
  [['--domain', 'Relay.example'], '--domain is a host name'],
  [['--origins', 'https://a.example/path'], '--origins is a list of origins'],
  [['--rate-factor', '0'], '--rate-factor is a number above 0'],
  [['--redis', 'redis://bus'], '--redis needs --postgres'],
  [['--s3', 'https://s3.example/a'], '--s3 needs --s3-key\n--s3 needs --s3-secret'],
  [['--s3', 's3://a'], '--s3 is the URL of a bucket'],
  [['--s3', 'https://key:hunter2@s3.example/a'], '--s3 is the URL of a bucket'],
  [['--s3', 'https://s3.example/a/b'], '--s3 is the URL of a bucket'],
  [['--s3-secret', 'x'], '--s3-key and --s3-secret need --s3'],
  [['--log-level', 'all'], '--log-level is one of info, error, silent'],
  [['extra'], 'there is no command extra'],
  [['purge'], 'purge needs one Coming ID'],
  [['stats', 'x'], 'stats takes no more words'],
])('%j is explained', (flags, message) => {
  expect(() => settings(flags)).toThrow(message);
});

test('the help names every setting', () => {
  for (const flag of ['--data', '--postgres', '--redis', '--ops-port', '--drain']) {
    expect(helpText()).toContain(`${flag} `);
  }
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}
