/**
 * What the gateway to Bitcoin begins with: trustees, limits, and the first header of the node's own Bitcoin chain.
 *
 * @module
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { concatBytes, hexOf, numberToBytes } from './bytes.js';
import { COLD_ADDRESS, EASIEST_BITS, FIRST_HASH, FIRST_HEADER, HOT_ADDRESS } from './bitcoin/first.js';
import { itemKey, twoxConcat, u32Key } from './keys.js';
import { TRUSTEE } from './own-account.js';
import { blob, compact } from './scale.js';

const BITCOIN = Uint8Array.of(1);
const TEST_NETWORK = Uint8Array.of(1);
const CONFIRMATIONS = 6;
const WITHDRAWAL_FEE = 500_000;
const LEAST_DEPOSIT = 100_000;
/** `BtcParams` after the easiest bits: how far ahead a header's time may be, and what retargeting would be like. */
const PARAMETERS = [7200, 1_209_600, 600, 4, 2016, 302_400, 4_838_400];

export function gatewayGenesis(): (readonly [key: string, value: Uint8Array])[] {
  const number = (value: number) => numberToBytes(value, 4);
  const common = (name: string) => itemKey('XGatewayCommon', name) + twoxConcat(BITCOIN);
  const bitcoin = (name: string, rest = '') => itemKey('XGatewayBitcoin', name) + rest;
  const index = concatBytes(FIRST_HASH, number(0));
  const info = concatBytes(FIRST_HEADER, number(0));
  const identity = hexOf(FIRST_HASH).slice(2);
  return [
    [common('TrusteeSessionInfoLen'), number(1)],
    [common('TrusteeSessionInfoOf') + u32Key(0), session()],
    [bitcoin('NetworkId'), TEST_NETWORK],
    [bitcoin('ConfirmationNumber'), number(CONFIRMATIONS)],
    [bitcoin('ParamsInfo'), concatBytes(...[EASIEST_BITS, ...PARAMETERS].map(number))],
    [bitcoin('BtcWithdrawalFee'), numberToBytes(WITHDRAWAL_FEE, 8)],
    [bitcoin('BtcMinDeposit'), numberToBytes(LEAST_DEPOSIT, 8)],
    [bitcoin('GenesisInfo'), info],
    [bitcoin('BestIndex'), index],
    [bitcoin('ConfirmedIndex'), index],
    [bitcoin('Headers', identity), info],
    [bitcoin('MainChain', identity), Uint8Array.of(1)],
    [bitcoin('BlockHashFor', u32Key(0)), concatBytes(compact(1), FIRST_HASH)],
  ];
}

/** One trustee, of weight 1; addresses stand with their redeem scripts, of which these have none. */
function session(): Uint8Array {
  const address = (text: string) => blob(concatBytes(blob(utf8ToBytes(text)), blob(new Uint8Array())));
  const multiAccount = concatBytes(Uint8Array.of(1), TRUSTEE.key);
  const startHeight = concatBytes(Uint8Array.of(1), numberToBytes(0, 4));
  return concatBytes(
    ...[compact(1), TRUSTEE.key, numberToBytes(1, 8), numberToBytes(1, 2)],
    ...[address(HOT_ADDRESS), address(COLD_ADDRESS), multiAccount, startHeight, Uint8Array.of(0)],
  );
}
