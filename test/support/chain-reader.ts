/**
 * Reads a running chain with `@polkadot/api` alone: what it says owes nothing to the kit.
 *
 * @module
 */
import { ApiPromise, WsProvider } from '@polkadot/api';
import type { ProviderInterface } from '@polkadot/rpc-provider/types';

/** Base units. */
export interface Holdings {
  readonly xbtc: bigint;
  readonly pcx: bigint;
}

/** A signed extrinsic as it stands in a block. */
export interface SignedExtrinsic {
  readonly hash: string;
  /** Address of the chain's own prefix, as `to` is. */
  readonly signer: string;
  /** e.g. `xAssets.transfer` */
  readonly method: string;
  readonly args: readonly string[];
  readonly succeeded: boolean;
}

export interface ChainReader {
  /** As of the best block. Addresses may have any prefix. */
  holdings(address: string): Promise<Holdings>;
  /** Of the best block and all before it, oldest first. */
  extrinsicsOf(address: string): Promise<SignedExtrinsic[]>;
  /** An address of any prefix in the chain's own. */
  address(address: string): string;
  close(): Promise<void>;
}

export async function readChain(url: string): Promise<ChainReader> {
  const provider = new WsProvider(url) as ProviderInterface;
  const api = await ApiPromise.create({ provider, noInitWarn: true });
  const address = (any: string) => String(api.registry.createType('AccountId', any));
  return {
    address,
    async holdings(of) {
      const account = await api.query['system']!['account']!(of);
      const assets = await api.query['xAssets']!['assetBalance']!(of, 1);
      const { data } = account as unknown as { data: { free: unknown } };
      const held = assets.toJSON() as Record<string, string | number>;
      return { pcx: BigInt(String(data.free)), xbtc: BigInt(held['Usable'] ?? 0) };
    },
    async extrinsicsOf(of) {
      const found: SignedExtrinsic[] = [];
      const best = (await api.rpc.chain.getHeader()).number.toNumber();
      for (let number = 1; number <= best; number += 1) {
        const hash = await api.rpc.chain.getBlockHash(number);
        const { extrinsics } = (await api.rpc.chain.getBlock(hash)).block;
        const mine = extrinsics.map((one, index) => ({ one, index }));
        for (const { one, index } of mine.filter(({ one }) => one.isSigned)) {
          const signer = String((one.signer as unknown as { value: unknown }).value);
          if (signer !== address(of)) continue;
          found.push({
            hash: one.hash.toHex(),
            signer,
            method: `${one.method.section}.${one.method.method}`,
            args: one.method.args.map((arg) => String((arg as { value?: unknown }).value ?? arg)),
            succeeded: await succeeded(api, hash, index),
          });
        }
      }
      return found;
    },
    close: () => api.disconnect(),
  };
}

async function succeeded(api: ApiPromise, block: Uint8Array, index: number): Promise<boolean> {
  const events = (await (
    await api.at(block)
  ).query['system']!['events']!()) as unknown as {
    phase: { isApplyExtrinsic: boolean; asApplyExtrinsic: { eqn(index: number): boolean } };
    event: { section: string; method: string };
  }[];
  return events.some(
    ({ phase, event }) =>
      phase.isApplyExtrinsic &&
      phase.asApplyExtrinsic.eqn(index) &&
      event.section === 'system' &&
      event.method === 'ExtrinsicSuccess',
  );
}
