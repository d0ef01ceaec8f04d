/**
 * Relays that end with the test that started them.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { RATES, scaled } from '../src/rates.js';
import { startRelay, type RelayOptions, type RunningRelay } from '../src/server.js';

/**
 * A relay on a free port, in memory and without limits on rates unless told otherwise. It does not wait long for
 * acknowledgements, for most tests give none.
 */
export async function running({ limits, ...options }: Partial<RelayOptions> = {}): Promise<RunningRelay> {
  const relay = await startRelay({
    ...{ data: ':memory:', port: 0, rates: scaled(RATES, 1e6) },
    ...options,
    limits: { unwrittenTime: 10, ...limits },
  });
  onTestFinished(() => relay.close());
  return relay;
}

/** A folder that goes when the test ends. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'coming-relay-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
