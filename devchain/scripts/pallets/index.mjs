// The pallets of the local chain, a file each: ChainX's names, indices, calls, events, errors and storage, as far as they
// are here. Storage items are `[type, fallback]` or, for maps, `[type, fallback, {hasher: key}]`; no fallback is an option.
import { hash, phase, struct, variants, vec } from '../chainx-types.mjs';
import { balances } from './balances.mjs';
import { identity } from './identity.mjs';
import { indices } from './indices.mjs';
import { sudo } from './sudo.mjs';
import { system } from './system.mjs';
import { timestamp } from './timestamp.mjs';
import { transactionPayment } from './transaction-payment.mjs';
import { utility } from './utility.mjs';
import { xAssets } from './x-assets.mjs';
import { xAssetsRegistrar } from './x-assets-registrar.mjs';
import { xGatewayBitcoin } from './x-gateway-bitcoin.mjs';
import { xGatewayCommon } from './x-gateway-common.mjs';
import { xGatewayRecords } from './x-gateway-records.mjs';
import { xSystem } from './x-system.mjs';

export const PALLETS = [
  system,
  timestamp,
  indices,
  balances,
  transactionPayment,
  identity,
  utility,
  xSystem,
  xAssetsRegistrar,
  xAssets,
  xGatewayRecords,
  xGatewayCommon,
  xGatewayBitcoin,
  sudo,
];

/** Calls, events and errors of a pallet as one enum type each. */
export function enumOf(pallet, part) {
  if (!pallet[part]) return undefined;
  const described =
    part === 'errors' ? Object.fromEntries(pallet.errors.map((name) => [name, []])) : pallet[part];
  const name = { calls: 'Call', events: 'Event', errors: 'Error' }[part];
  return variants(
    `${pallet.crate}::pallet::${name}`,
    typeof described === 'function' ? () => described(outer) : described,
  );
}

/** The enum over all pallets. */
export function outer(part, name) {
  return variants(`chainx_runtime::${name}`, () => {
    const inner = PALLETS.filter((pallet) => enumOf(pallet, part) !== undefined);
    const of = (pallet) => ({ index: pallet.index, fields: [enumOf(pallet, part)] });
    return Object.fromEntries(inner.map((pallet) => [pallet.name, of(pallet)]));
  });
}

export function eventRecord() {
  const event = outer('events', 'Event');
  return struct(
    'frame_system::EventRecord',
    { phase: [phase, 'Phase'], event: [event, 'E'], topics: [vec(hash), 'Vec<T>'] },
    { E: event, T: hash },
  );
}

/** All calls with the numbers that stand for them. */
export function callsOf(pallet) {
  const { calls = {} } = pallet;
  const described = typeof calls === 'function' ? calls(outer) : calls;
  return Object.entries(described).map(([name, { index }]) => ({ name, index }));
}
