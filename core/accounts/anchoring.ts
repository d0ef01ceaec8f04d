/**
 * The anchor on the chain: read, with how sure it is.
 *
 * @module
 */
import { readAnchor, type Anchor, type IdentityInfo } from '../identity/anchor.js';
import type { Chain } from '../ledger/chain.js';

/**
 * What a final block has of an account; undefined when it has no registration, or none of ours in it.
 *
 * @throws ComingError `chain-unreachable`, `nodes-disagree`, `chain-unsupported`, `malformed-registration`
 */
export async function readAnchorOf(chain: Chain, account: Uint8Array): Promise<Anchor | undefined> {
  const { value, trust } = await chain.readStorage('Identity', 'IdentityOf', account);
  if (value === undefined) return undefined;
  const head = readAnchor((value as { readonly info: IdentityInfo }).info);
  return head && { head, proof: trust };
}
