/**
 * The operator's commands: short runs on the database of a relay.
 *
 * @module
 */
import { ComingError } from '../../core/errors.js';
import { parseComingId } from '../../core/identity/index.js';
import { bucketOf, type Command, type Invocation } from './arguments.js';
import type { BucketOptions } from './blobs/bucket-shelf.js';
import { LIMITS } from './limits.js';
import { faultOf } from './logger.js';
import { UsageError, type Settings } from './settings.js';
import * as admin from './store/admin.js';
import { openEngine } from './store/open-store.js';
import type { Engine } from './store/steps.js';

/** What is checked, and how: it throws when something is wrong. */
type Check = readonly [string, () => Promise<void>];
type Print = (line: string) => void;

/** @throws UsageError, ComingError */
export async function runCommand(
  { command, subject, settings }: Invocation & { readonly command: Exclude<Command, 'serve'> },
  print: Print,
): Promise<boolean> {
  if (command === 'doctor') return examine(settings, print);
  const account = command === 'stats' ? new Uint8Array() : accountOf(subject);
  const engine = await openEngine(settings, LIMITS);
  try {
    await runOn(engine, command, account, print);
    return true;
  } finally {
    await engine.close();
  }
}

async function runOn(
  engine: Engine,
  command: Exclude<Command, 'serve' | 'doctor'>,
  account: Uint8Array,
  print: Print,
): Promise<void> {
  switch (command) {
    case 'stats':
      return print(JSON.stringify(await engine.read(admin.stats)));
    case 'devices':
      for (const device of await engine.read(() => admin.devicesOf(account))) print(JSON.stringify(device));
      return;
    case 'purge': {
      const envelopes = await engine.write('admin', () => admin.purge(account));
      return print(JSON.stringify({ envelopes }));
    }
    case 'delete-account': {
      const deleted = await engine.write('admin', () => admin.deleteAccount(account));
      return print(JSON.stringify({ deleted }));
    }
  }
}

/** Whether everything that the settings name can be used. */
async function examine(settings: Settings, print: Print): Promise<boolean> {
  const checks: readonly Check[] = [
    [
      settings.postgres ? 'PostgreSQL' : `the folder ${settings.data}`,
      async () => {
        const engine = await openEngine(settings, LIMITS);
        await engine.check().finally(() => engine.close());
      },
    ],
    [
      settings.redis ? 'Redis' : 'no bus: this relay is alone',
      async () => {
        if (!settings.redis) return;
        const { RedisBus } = await import('./redis-bus.js');
        const bus = await RedisBus.open(settings.redis);
        await bus.check().finally(() => bus.close());
      },
    ],
    ...bucketCheck(bucketOf(settings)),
  ];
  let isWell = true;
  for (const [name, check] of checks) {
    const fault = await check().then(
      () => undefined,
      (error: unknown) => (error instanceof ComingError ? error.message : faultOf(error)),
    );
    print(fault === undefined ? `ok    ${name}` : `FAILS ${name}: ${fault}`);
    isWell &&= fault === undefined;
  }
  const advice = (isMissing: boolean, text: string) => isMissing && print(`note  ${text}`);
  advice(!settings.domain, 'set --domain: without it another relay could pass log-ins on to this one');
  advice(!settings.opsPort, 'set --ops-port to see health and metrics');
  return isWell;
}

function bucketCheck(bucket: BucketOptions | undefined): readonly Check[] {
  if (!bucket) return [];
  const check = async () => {
    const { BucketShelf } = await import('./blobs/bucket-shelf.js');
    await new BucketShelf(bucket).check();
  };
  return [['the bucket', check]];
}

function accountOf(comingId: string): Uint8Array {
  try {
    return parseComingId(comingId);
  } catch {
    throw new UsageError('that is no Coming ID');
  }
}
