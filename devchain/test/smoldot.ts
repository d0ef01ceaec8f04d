/**
 * The same runtime on smoldot's executor, which shares no code with our host.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { emptyTaskHandler, runTask } from '@acala-network/chopsticks-core';
import type { Devchain } from '../src/devchain.js';
import { hex } from './extrinsics.js';

type Hex = `0x${string}`;

export interface Header {
  readonly parentHash: string;
  readonly number: string;
  readonly stateRoot: string;
  readonly extrinsicsRoot: string;
  readonly digest: { readonly logs: readonly string[] };
}

const CODE = hex(new TextEncoder().encode(':code'));
/** The runtime that a chain begins with. */
export const runtime: Uint8Array = readFileSync(new URL('../gen/runtime.wasm', import.meta.url));
const ZERO = `0x${'00'.repeat(32)}`;

/** One call on smoldot's executor, on a state given as a map, by the code in it; what it writes goes into the map. */
export async function callOnSmoldot(state: Map<string, Hex>, entry: string, args: Uint8Array): Promise<Hex> {
  const response = await runTask(
    {
      wasm: state.get(CODE)!,
      calls: [[entry, [hex(args)]]],
      mockSignatureHost: false,
      allowUnresolvedImports: false,
      runtimeLogLevel: 0,
    },
    { ...emptyTaskHandler, getStorage: async (key: string) => state.get(key) } as typeof emptyTaskHandler,
  );
  if ('Error' in response) throw new Error(response.Error);
  for (const [key, value] of response.Call.storageDiff) {
    if (value === null || value === undefined) state.delete(key);
    else state.set(key, value);
  }
  return response.Call.result;
}

/**
 * Makes a block of these extrinsics, on a state which it changes.
 *
 * @returns the results of the extrinsics, and the finished header without a state root, encoded
 */
export async function runBlock(
  state: Map<string, Hex>,
  header: Header,
  extrinsics: readonly Hex[],
): Promise<{ readonly results: readonly Hex[]; readonly finished: Hex }> {
  const unfinished = encodedHeader({ ...header, stateRoot: ZERO, extrinsicsRoot: ZERO });
  await callOnSmoldot(state, 'Core_initialize_block', unfinished);
  const results: Hex[] = [];
  for (const extrinsic of extrinsics) {
    results.push(await callOnSmoldot(state, 'BlockBuilder_apply_extrinsic', bytes(extrinsic)));
  }
  return { results, finished: await callOnSmoldot(state, 'BlockBuilder_finalize_block', new Uint8Array()) };
}

export function bytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.slice(2), 'hex'));
}

/** Of a low block with a short digest. */
export function encodedHeader(header: Header): Uint8Array {
  const { logs } = header.digest;
  const root = (name: 'parentHash' | 'stateRoot' | 'extrinsicsRoot') => bytes(header[name]);
  return Uint8Array.from([
    ...root('parentHash'),
    Number(header.number) << 2,
    ...[...root('stateRoot'), ...root('extrinsicsRoot')],
    ...[logs.length << 2, ...logs.flatMap((item) => [...bytes(item)])],
  ]);
}

/** Everything that is stored after a block. */
export async function storageOf(chain: Devchain, at: Hex): Promise<Record<string, string>> {
  const keys = (await chain.request('state_getKeysPaged', ['0x', 1000, null, at])) as string[];
  const [set] = (await chain.request('state_queryStorageAt', [keys, at])) as {
    changes: [string, string][];
  }[];
  return Object.fromEntries(set!.changes);
}
