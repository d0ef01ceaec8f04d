/**
 * The pallets of this runtime, by the first byte of a call. A further pallet is a file that reads its calls, a line
 * here, and its description in devchain/scripts/pallets.
 *
 * @module
 */
import { readAssets } from './assets';
import { readBalances } from './balances';
import { Call } from './call';
import {
  BALANCES,
  GATEWAY_BITCOIN,
  GATEWAY_COMMON,
  IDENTITY,
  INDICES,
  SUDO,
  SYSTEM,
  TIMESTAMP,
  UTILITY,
  X_ASSETS,
  X_SYSTEM,
} from './constants';
import { readGatewayBitcoin } from './gateway-bitcoin';
import { readGatewayCommon } from './gateway-common';
import { readIdentity } from './identity';
import { readIndices } from './indices';
import { Reader } from './reader';
import { spanOf } from './span';
import { readSudo } from './sudo';
import { readSystem } from './system-calls';
import { readTimestamp } from './timestamp';
import { readUtility } from './utility';
import { readXSystem } from './x-system';

/** Clears `ok` of the reader, and gives `null`, when there is no such call. */
export function readCall(from: Reader): Call | null {
  const start = from.at;
  const pallet = from.u8();
  const variant = from.u8();
  const call = callOf(pallet, variant, from);
  if (!call || !from.ok) {
    from.fail();
    return null;
  }
  call.pallet = pallet;
  call.variant = variant;
  call.encoded = spanOf(start, <u32>(from.at - start));
  return call;
}

function callOf(pallet: u8, variant: u8, from: Reader): Call | null {
  if (pallet === SYSTEM) return readSystem(variant, from);
  if (pallet === TIMESTAMP) return readTimestamp(variant, from);
  if (pallet === INDICES) return readIndices(variant, from);
  if (pallet === BALANCES) return readBalances(variant, from);
  if (pallet === IDENTITY) return readIdentity(variant, from);
  if (pallet === UTILITY) return readUtility(variant, from);
  if (pallet === X_SYSTEM) return readXSystem(variant, from);
  if (pallet === X_ASSETS) return readAssets(variant, from);
  if (pallet === GATEWAY_COMMON) return readGatewayCommon(variant, from);
  if (pallet === GATEWAY_BITCOIN) return readGatewayBitcoin(variant, from);
  if (pallet === SUDO) return readSudo(variant, from);
  return null;
}
