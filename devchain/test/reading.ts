/**
 * Reads the chain's state and events with @polkadot's types, made from the chain's own metadata.
 *
 * @module
 */
import { Metadata, TypeRegistry } from '@polkadot/types';
import { xxhashAsU8a, blake2AsU8a } from '@polkadot/util-crypto';
import { bnToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import { openDevchain, type Devchain, type DevchainOptions } from '../src/devchain.js';

export interface Opened {
  readonly chain: Devchain;
  readonly registry: TypeRegistry;
  /** Makes a block and gives its events without those of the clock: `Pallet.Name` and data. */
  block(): Promise<readonly Event[]>;
  submit(extrinsic: Uint8Array): Promise<unknown>;
  pcx(account: Uint8Array): Promise<bigint>;
  xbtc(account: Uint8Array): Promise<bigint>;
}

export interface Event {
  readonly name: string;
  /** Fields by position. */
  readonly data: readonly unknown[];
}

/** A chain that makes blocks only when told to. */
export async function open(options: DevchainOptions = {}): Promise<Opened> {
  const chain = await openDevchain({ blockTime: 'manual', ...options });
  const registry = new TypeRegistry();
  registry.setMetadata(new Metadata(registry, (await chain.request('state_getMetadata')) as `0x${string}`));
  const read = (key: Uint8Array, at?: string) =>
    chain.request('state_getStorage', [u8aToHex(key), at]) as Promise<string | null>;
  return {
    chain,
    registry,
    submit: (extrinsic) => chain.request('author_submitExtrinsic', [u8aToHex(extrinsic)]),
    block: async () => {
      const { hash } = (await chain.request('dev_newBlock')) as { hash: string };
      return eventsOf(registry, await read(item('System', 'Events'), hash));
    },
    pcx: async (account) => {
      const info = registry.createType('FrameSystemAccountInfo', await read(accountKey(account)));
      return BigInt((info as unknown as { data: { free: { toString(): string } } }).data.free.toString());
    },
    xbtc: async (account) => {
      const held = registry.createType('BTreeMap<u8, u128>', await read(assetKey(account, 1)));
      const amounts = held.toJSON() as Record<string, string | number>;
      return BigInt(amounts['0'] ?? 0);
    },
  };
}

export function eventsOf(registry: TypeRegistry, encoded: string | null): Event[] {
  const records = registry.createType('Vec<FrameSystemEventRecord>', encoded) as unknown as {
    phase: { isApplyExtrinsic: boolean; asApplyExtrinsic: { toNumber(): number } };
    event: { section: string; method: string; data: { toJSON(): unknown[] } };
  }[];
  return [...records]
    .filter(({ phase }) => !phase.isApplyExtrinsic || phase.asApplyExtrinsic.toNumber() > 0)
    .map(({ event }) => ({ name: `${event.section}.${event.method}`, data: event.data.toJSON() }));
}

export function item(pallet: string, name: string): Uint8Array {
  return u8aConcat(xxhashAsU8a(pallet, 128), xxhashAsU8a(name, 128));
}

export function accountKey(account: Uint8Array): Uint8Array {
  return u8aConcat(item('System', 'Account'), blake2AsU8a(account, 128), account);
}

function assetKey(account: Uint8Array, id: number): Uint8Array {
  const number = bnToU8a(id, { bitLength: 32 });
  const first = u8aConcat(blake2AsU8a(account, 128), account);
  return u8aConcat(item('XAssets', 'AssetBalance'), first, xxhashAsU8a(number, 64), number);
}
