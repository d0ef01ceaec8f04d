import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { encodeAddress } from '../../core/identity/index.js';
import { readArguments, type Command } from '../src/arguments.js';
import { runCommand } from '../src/commands.js';
import { jsonLogger } from '../src/logger.js';
import { RATES } from '../src/rates.js';
import { Device, envelope, hex, preKeys, Wire } from './device.js';
import { folder, running } from './running.js';

/** What a command prints, a line each. */
async function command(...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  const invocation = readArguments(args, {});
  await runCommand({ ...invocation, command: invocation.command as Exclude<Command, 'serve'> }, (line) =>
    lines.push(line),
  );
  return lines;
}

test('health, readiness and metrics are served on a port of their own', async () => {
  const relay = await running({ ops: { port: 0 } });
  const ops = (path: string) => fetch(`http://127.0.0.1:${relay.opsPort}${path}`);
  expect(await (await ops('/healthz')).text()).toBe('ok\n');
  expect(await (await ops('/readyz')).text()).toBe('ready\n');
  expect((await ops('/elsewhere')).status).toBe(404);
  expect((await fetch(`${relay.url.replace('ws:', 'http:')}/metrics`)).status).toBe(404);
  const bob = await Device.online(relay.url);
  await bob.send(bob, 'hello');
  await bob.receive();
  const metrics = await (await ops('/metrics')).text();
  expect(metrics).toContain('coming_relay_devices 1');
  expect(metrics).toContain('coming_relay_requests_total{verb="send",status="OK"} 1');
  expect(metrics).toContain('coming_relay_delivered_total 1');
  expect(metrics).not.toContain(hex(bob.account));
});

test('a relay that is leaving is not ready, takes nobody in, and lets the others finish', async () => {
  const relay = await running({ ops: { port: 0 }, drainSeconds: 600 });
  const bob = await Device.online(relay.url);
  const closed = relay.close();
  await bob.wire.next('reconnect');
  const ready = await fetch(`http://127.0.0.1:${relay.opsPort}/readyz`);
  expect([ready.status, await ready.text()]).toEqual([503, 'not ready: leaving\n']);
  await expect(Wire.open(relay.url)).rejects.toThrow();
  expect(await bob.send(bob, 'still here')).toBe('OK');
  // It does not wait longer than there is somebody to wait for.
  bob.wire.socket.close();
  await closed;
});

test('no log line and no metric names an account, an envelope, a network address or a text', async () => {
  const lines: string[] = [];
  const log = jsonLogger('info', { write: (line) => void lines.push(line) });
  const relay = await running({
    log,
    ops: { port: 0 },
    rates: { ...RATES, messages: { burst: 3, perSecond: 1 } },
  });
  const [alice, bob] = [await Device.online(relay.url), await Device.online(relay.url)];
  const id = randomBytes(16);
  const secrets = [alice, bob]
    .flatMap(({ account }) => [hex(account), Buffer.from(account).toString('base64'), encodeAddress(account)])
    .concat(hex(id), id.toString('base64'), '127.0.0.1', '::1', 'a secret text');
  await bob.wire.ask({ publishKeys: preKeys(1) });
  await alice.wire.ask({ claimKeys: { account: bob.account } });
  for (let i = 0; i < 5; i++) await alice.wire.ask(alice.mail(bob, envelope(bob, 'a secret text', id)));
  await alice.wire.ask({ send: { account: bob.account } });
  await bob.acknowledge(...(await bob.receive()));
  alice.wire.socket.send('nonsense');
  await alice.wire.closed;
  const metrics = await (await fetch(`http://127.0.0.1:${relay.opsPort}/metrics`)).text();
  await relay.close();
  log.info('last');
  expect(lines.length).toBeGreaterThan(0);
  for (const secret of secrets) expect(lines.join('') + metrics).not.toContain(secret);
  for (const line of lines) expect(Object.keys(JSON.parse(line) as object)).not.toContain('hostname');
});

test('a log line is one JSON object', () => {
  const lines: string[] = [];
  const log = jsonLogger('info', { write: (line) => void lines.push(line) });
  log.info('started', { port: 1 });
  log.error('broke');
  expect(lines.every((line) => line.endsWith('\n'))).toBe(true);
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { level: 'info', event: 'started', port: 1 },
    { level: 'error', event: 'broke' },
  ]);
});

test('an operator can count, look at, empty and delete what is kept', async () => {
  const data = folder();
  const relay = await running({ data });
  const [alice, bob] = [await Device.online(relay.url), await Device.online(relay.url)];
  await bob.wire.ask({ publishKeys: preKeys(2) });
  for (const text of ['a', 'b']) await alice.send(bob, text);
  await relay.close();
  const id = encodeAddress(bob.account);
  const [stats] = await command('stats', '--data', data);
  expect(JSON.parse(stats!)).toEqual({ accounts: 2, devices: 2, keys: 6, envelopes: 2, contentBytes: 2 });
  const [device] = await command('devices', id, '--data', data);
  expect(JSON.parse(device!)).toEqual({ deviceId: bob.id, envelopes: 2, contentBytes: 2, keys: 6 });
  expect(await command('purge', id, '--data', data)).toEqual(['{"envelopes":2}']);
  expect(await command('delete-account', id, '--data', data)).toEqual(['{"deleted":true}']);
  expect(await command('delete-account', id, '--data', data)).toEqual(['{"deleted":false}']);
  expect(await command('devices', id, '--data', data)).toEqual([]);
  await expect(command('devices', 'nobody', '--data', data)).rejects.toThrow('no Coming ID');
});

test('an account that was deleted may come back, and none of its old numbers does', async () => {
  const data = folder();
  const before = await running({ data });
  const bob = await Device.online(before.url);
  await bob.send(bob, 'x');
  await before.close();
  await command('delete-account', encodeAddress(bob.account), '--data', data);
  const after = await running({ data });
  bob.wire = await Wire.open(after.url);
  expect(await bob.wire.status({ appendLog: bob.appendLog() })).toBe('OK');
  expect((await bob.logIn()).status).toBe(1);
  await bob.wire.next('queueEmpty');
  expect(bob.wire.pending).toEqual([]);
});

test('the doctor says what fails and what to mend', async () => {
  const data = folder();
  const well = await command('doctor', '--data', data, '--domain', 'relay.example');
  expect(well).toEqual([
    `ok    the folder ${data}`,
    'ok    no bus: this relay is alone',
    'note  set --ops-port to see health and metrics',
  ]);
  await running({ data });
  const ill = await command('doctor', '--data', data);
  expect(ill[0]).toContain('FAILS');
  expect(ill[0]).toContain('another relay uses it');
}, 30_000);
