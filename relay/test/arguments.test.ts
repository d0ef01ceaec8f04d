import { expect, test } from 'vitest';
import { readArguments } from '../src/arguments.js';
import { jsonLogger } from '../src/logger.js';

test('without flags everything has its default', () => {
  expect(readArguments([])).toEqual({ data: '.data/relay' });
});

test('every flag is read', () => {
  const flags = ['--data', '/var/relay', '--host', '::1', '--port=0', '--domain', 'relay.example:4410'];
  expect(readArguments(flags)).toEqual({
    ...{ data: '/var/relay', host: '::1', port: 0, domain: 'relay.example:4410' },
  });
  expect(readArguments(['--help'])).toBe('help');
  expect(readArguments(['--version', '--port', '1'])).toBe('version');
});

test.each([
  [['--prot', '1'], "Unknown option '--prot'"],
  [['--port', 'x'], '--port is a number from 0 to 65535'],
  [['--port', '65536'], '--port is a number from 0 to 65535'],
  [['--port', '-1'], "Option '--port"],
  [['--data'], "Option '--data <value>' argument missing"],
  [['--data='], '--data needs a folder'],
  [['--domain', 'wss://relay.example'], '--domain is a host name'],
  [['--domain', 'Relay.example'], '--domain is a host name'],
  [['extra'], "Unexpected argument 'extra'"],
])('%j is explained', (flags, message) => {
  expect(() => readArguments(flags)).toThrow(message);
});

test('a log line is one JSON object', () => {
  const lines: string[] = [];
  const log = jsonLogger((line) => lines.push(line));
  log.info('started', { port: 1 });
  log.error('broke');
  expect(lines.every((line) => line.endsWith('\n'))).toBe(true);
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { level: 'info', event: 'started', port: 1 },
    { level: 'error', event: 'broke' },
  ]);
});
