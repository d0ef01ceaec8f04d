/**
 * The anchor on the chain: read, with how sure it is, and written into the account's registration.
 *
 * @module
 */
import {
  readAnchor,
  withAnchor,
  type Anchor,
  type ChainData,
  type IdentityInfo,
} from '../identity/anchor.js';
import type { SignatureScheme } from '../identity/index.js';
import { sameBytes } from '../identity/same-bytes.js';
import type { Chain, ChainCall, Payer } from '../ledger/chain.js';
import type { PersonRow } from '../store/index.js';

interface Registration {
  readonly info: IdentityInfo;
  /** What the chain holds back for it, base units. */
  readonly deposit: bigint;
}

/** What writing an anchor takes, base units of the chain's own coin. */
export interface AnchorPrice {
  readonly fee: bigint;
  readonly deposit: bigint;
}

const NONE: ChainData = { type: 'None' };
/** A registration of somebody who has none. */
const EMPTY: Readonly<Record<string, unknown>> & IdentityInfo = {
  additional: [],
  display: NONE,
  legal: NONE,
  web: NONE,
  riot: NONE,
  email: NONE,
  pgp_fingerprint: undefined,
  image: NONE,
  twitter: NONE,
};

/**
 * What a final block has of an account; undefined when it has no registration, or none of ours in it.
 *
 * @throws ComingError `chain-unreachable`, `nodes-disagree`, `chain-unsupported`, `malformed-registration`
 */
export async function readAnchorOf(chain: Chain, account: Uint8Array): Promise<Anchor | undefined> {
  const { registration, trust } = await registrationOf(chain, account);
  const head = registration && readAnchor(registration.info);
  return head && { head, proof: trust };
}

/** Not one that contradicted the list before, when the person decided to go on all the same. */
export function anchorThatCounts(
  person: PersonRow | undefined,
  anchor: Anchor | undefined,
): Anchor | undefined {
  const ignored = person?.anchorIgnored;
  return anchor && ignored && sameBytes(ignored, anchor.head) ? undefined : anchor;
}

/** Throws as {@link readAnchorOf}. */
export async function anchorPrice(
  chain: Chain,
  account: Uint8Array,
  scheme: SignatureScheme,
  head: Uint8Array,
): Promise<AnchorPrice> {
  const { registration } = await registrationOf(chain, account);
  const info = withAnchor(registration?.info ?? EMPTY, head);
  const [fee, basic, field] = await Promise.all([
    chain.estimateCallFee(callOf(info), account, scheme),
    chain.readConstant('Identity', 'BasicDeposit'),
    chain.readConstant('Identity', 'FieldDeposit'),
  ]);
  const wanted = BigInt(basic as bigint) + BigInt(field as bigint) * BigInt(info.additional.length);
  const held = registration?.deposit ?? 0n;
  return { fee, deposit: wanted > held ? wanted - held : 0n };
}

/**
 * Writes a head; resolves when a final block has it. What else is registered stays as it was read a moment before: the
 * pallet knows no change of one field.
 *
 * @throws as {@link readAnchorOf} and `Chain.submit`
 */
export async function writeAnchor(
  chain: Chain,
  account: Uint8Array,
  payer: Payer,
  head: Uint8Array,
): Promise<void> {
  const { registration } = await registrationOf(chain, account);
  await chain.submit(callOf(withAnchor(registration?.info ?? EMPTY, head)), payer);
}

async function registrationOf(chain: Chain, account: Uint8Array) {
  const { value, trust } = await chain.readStorage('Identity', 'IdentityOf', account);
  return { registration: value as Registration | undefined, trust };
}

function callOf(info: IdentityInfo): ChainCall {
  return { pallet: 'Identity', name: 'set_identity', args: { info } };
}
