import { describe, expect, test } from 'vitest';
import { HELP, readArguments, UsageError } from '../src/arguments.js';

describe('the command line', () => {
  test('needs nothing', () => {
    expect(readArguments([])).toEqual({ data: '.data/devchain', blockTime: 500, idleTime: 6000 });
  });

  test('sets what it names, and keeps nothing with --memory', () => {
    const args =
      '--memory --host ::1 --port 0 --origin https://a.example --origin http://b.example:8080 ' +
      '--block-time 6000 --idle-time 60000 --finality 3';
    expect(readArguments(args.split(' '))).toEqual({
      host: '::1',
      port: 0,
      origins: ['https://a.example', 'http://b.example:8080'],
      blockTime: 6000,
      idleTime: 60_000,
      finalityLag: 3,
    });
  });

  test.each(['help', 'version'] as const)('answers --%s', (flag) => {
    expect(readArguments([`--${flag}`])).toBe(flag);
    expect(HELP).toContain(`--${flag}`);
  });

  test.each([
    ['--port', '65536'],
    ['--port', '-1'],
    ['--block-time', '0'],
    ['--block-time', '1.5'],
    ['--finality', 'soon'],
    ['--data', ''],
    ['--host', ''],
    ['--origin', 'https://dapp.example/'],
    ['--origin', 'dapp.example'],
    ['--colour', 'red'],
  ])('refuses %s %s', (...args) => {
    expect(() => readArguments(args)).toThrow(UsageError);
  });
});
