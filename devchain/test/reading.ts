/**
 * Reads the chain's state and events with @polkadot's types, made from the chain's own metadata.
 *
 * @module
 */
import { Metadata, TypeRegistry, expandMetadata } from '@polkadot/types';
import type { KeyringPair } from '@polkadot/keyring/types';
import { xxhashAsU8a, blake2AsU8a } from '@polkadot/util-crypto';
import { bnToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import { openDevchain, type Devchain, type DevchainOptions } from '../src/devchain.js';
import { signed } from './extrinsics.js';

export interface Opened {
  readonly chain: Devchain;
  readonly registry: TypeRegistry;
  /** Makes a block and gives its events without those of the clock: `Pallet.Name` and data. */
  block(): Promise<readonly Event[]>;
  /** The events that stand in a whole state. */
  eventsAt(state: Readonly<Record<string, string>>): readonly Event[];
  submit(extrinsic: Uint8Array): Promise<unknown>;
  /** A call as @polkadot encodes it, by pallet and name. */
  encode(pallet: string, name: string, ...args: unknown[]): Uint8Array;
  /** Signs a call with the account's next nonce, puts it into a block of its own, and gives the events. */
  run(pair: KeyringPair, encodedCall: Uint8Array): Promise<readonly Event[]>;
  /** The decoded value of a storage item; `null` when there is none. */
  stored(type: string, key: Uint8Array): Promise<unknown>;
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
  const metadata = new Metadata(registry, (await chain.request('state_getMetadata')) as `0x${string}`);
  registry.setMetadata(metadata);
  const { tx } = expandMetadata(registry, metadata);
  const read = (key: Uint8Array, at?: string) =>
    chain.request('state_getStorage', [u8aToHex(key), at]) as Promise<string | null>;
  const submit = (extrinsic: Uint8Array) => chain.request('author_submitExtrinsic', [u8aToHex(extrinsic)]);
  const block = async () => {
    const { hash } = (await chain.request('dev_newBlock')) as { hash: string };
    return eventsOf(registry, await read(item('System', 'Events'), hash));
  };
  return {
    chain,
    registry,
    submit,
    block,
    eventsAt: (state) => eventsOf(registry, state[u8aToHex(item('System', 'Events'))]!),
    encode: (pallet, name, ...args) => tx[pallet]![name]!(...args).toU8a(),
    run: async (pair, encodedCall) => {
      const nonce = (await chain.request('system_accountNextIndex', [u8aToHex(pair.addressRaw)])) as number;
      await submit(signed(chain, pair, encodedCall, { nonce }));
      return block();
    },
    stored: async (type, key) => {
      const value = await read(key);
      return value === null ? null : registry.createType(type, value).toJSON();
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
