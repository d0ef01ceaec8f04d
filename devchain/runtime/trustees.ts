/**
 * Who holds the Bitcoin behind XBTC, and at which addresses: the current trustee session of pallet XGatewayCommon.
 *
 * @module
 */
import { scriptOf } from './bitcoin/address';
import { CHAIN_BITCOIN } from './constants';
import * as keys from './gen/keys';
import { Reader } from './reader';
import { NOTHING, Span, equalBytes, isSame, spanOf } from './span';
import { byChain, hashedNumber, read, readU32 } from './storage';

/** An account and its weight. */
const MEMBER: u32 = 40;

export class Trustees {
  constructor(
    private readonly members: Span,
    /** Output scripts, as `cold`. */
    readonly hot: Span,
    readonly cold: Span,
  ) {}

  owns(script: Span): bool {
    return isSame(script, this.hot) || isSame(script, this.cold);
  }

  has(who: usize): bool {
    const from = new Reader(this.members);
    for (let left = from.compactU32(); left > 0; left--) {
      if (equalBytes(from.bytes(MEMBER), who, 32)) return true;
    }
    return false;
  }
}

/** Those of the current session, if there ever was one. */
export function trustees(): Trustees | null {
  const next = readU32(byChain(keys.XGatewayCommon_TrusteeSessionInfoLen, CHAIN_BITCOIN, NOTHING));
  if (next === 0) return null;
  const session = read(
    byChain(keys.XGatewayCommon_TrusteeSessionInfoOf, CHAIN_BITCOIN, hashedNumber(next - 1)),
  );
  if (!session) return null;
  const start = session.at;
  session.bytes(session.compactU32() * MEMBER);
  const members = spanOf(start, <u32>(session.at - start));
  session.bytes(2); // threshold
  // An address is kept with its redeem script.
  const hot = new Reader(session.blob()).blob();
  const cold = new Reader(session.blob()).blob();
  return new Trustees(members, scriptOf(hot), scriptOf(cold));
}
