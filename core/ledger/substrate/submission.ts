/**
 * Makes a call that is no transfer, and waits until a final block has carried it out.
 *
 * @module
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { ComingError } from '../../errors.js';
import type { SignatureScheme } from '../../identity/index.js';
import type { ChainCall, Payer } from '../chain.js';
import { unsignedStandIn } from './extrinsic.js';
import { feeOf } from './fees.js';
import { requireFee, sum, type TransferMaker } from './maker.js';
import type { ChainNode } from './node.js';
import type { Runtime } from './runtime.js';
import { accountOf } from './signing.js';
import type { Transfers } from './transfers.js';

/** As `Chain.estimateCallFee`. */
export async function estimateCallFee(
  node: ChainNode,
  maker: TransferMaker,
  call: ChainCall,
  account: Uint8Array,
  scheme: SignatureScheme,
): Promise<bigint> {
  return feeOf(node, unsignedStandIn(await maker.decide(account, encodedBy(call), (next) => next), scheme));
}

/** As `Chain.submit`. */
export async function submit(
  transfers: Transfers,
  call: ChainCall,
  payer: Payer,
  maxFee: bigint | undefined,
): Promise<void> {
  const from = accountOf(payer);
  const { maker } = transfers;
  const { state, problem, chainError } = await transfers.follow(
    bytesToHex(from),
    async (nonceFrom, pending) => {
      const unsigned = await maker.decide(from, encodedBy(call), nonceFrom);
      const fee = await maker.agreedFee(unsigned, payer, maxFee);
      const { usableForFees } = await maker.coins(from);
      requireFee(usableForFees - sum(pending.map((row) => row.fee)), fee);
      // What follows it counts transfers: this is one of nothing.
      const id = bytesToHex(crypto.getRandomValues(new Uint8Array(16)));
      return maker.signed(unsigned, payer, fee, { id, asset: '', amount: 0n, to: bytesToHex(from) });
    },
  );
  if (state === 'final') return;
  throw new ComingError(problem ?? 'transfer-failed', chainError ?? 'the chain did not carry it out');
}

function encodedBy({ pallet, name, args }: ChainCall) {
  return (runtime: Runtime) => runtime.call(pallet, [name], args);
}
