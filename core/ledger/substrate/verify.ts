/**
 * Whether a payment that somebody claims really happened, from the chain's own events.
 *
 * Nothing but the accounts, the asset and the amount that the receiver expects is compared with what a final
 * block says; every claim that is not borne out is answered no, never with a maybe.
 *
 * @module
 */
import { ComingError } from '../../errors.js';
import { isAmount } from '../amount.js';
import { requireAssetOn } from '../assets.js';
import type { NotPaid } from '../../store/index.js';
import type { EventId, PaymentClaim, Verdict } from '../chain.js';
import type { Blocks, Happened } from './blocks.js';
import { isPayment } from './calls.js';
import type { ChainNode, Header } from './node.js';
import type { AgreedBlock } from './proofs/index.js';
import { unreachable } from './rpc-socket.js';
import type { SecondOpinion } from './second-opinion.js';

const HASH = /^0x[0-9a-f]{64}$/;
/** For so many final blocks a node may be behind the one that the payer used, or behind the one in use. */
const PATIENCE_BLOCKS = 20;

/** As `Chain.verify`. */
export async function verifyPayment(
  node: ChainNode,
  blocks: Blocks,
  second: SecondOpinion,
  claim: PaymentClaim,
  signal: AbortSignal | undefined,
): Promise<Verdict> {
  const problem = malformed(node.genesis, claim);
  if (problem) return no(problem);
  requireAssetOn(node.genesis, claim.asset);
  // One way to write it: there must be one name for each event.
  const hash = claim.block.toLowerCase();
  const judge = async (header: Header, agreed?: AgreedBlock): Promise<Verdict> => {
    // While it was looked for, the connection may have passed to another node.
    if (agreed && agreed.hash !== hash) throw unreachable();
    // What is proven is read as the proven header says, not as the node's answer before it did.
    const happened = await blocks.happened({ ...(agreed ?? header), hash }, agreed);
    return judged(`${node.genesis}/${hash}/${claim.extrinsic}`, header, happened, claim, agreed);
  };
  let lastTry: number | undefined;
  for await (const final of finalNumbers(node, signal)) {
    const header = await node.header(hash);
    lastTry ??= final + PATIENCE_BLOCKS;
    if (header && header.number <= final) {
      if ((await node.blockHash(header.number)) !== hash) return unknownBlock(second, hash);
      const verdict = await second.at(header.number, (agreed) => judge(header, agreed));
      if (verdict === 'alone') return judge(header);
      if (verdict !== 'unknown') return verdict;
      // The other nodes are away, or have it not final yet.
      if (final >= lastTry) throw unreachable();
    } else if (!header && final >= lastTry) {
      return unknownBlock(second, hash);
    }
  }
  throw new ComingError('chain-unreachable', 'the connection ended');
}

/** No node may have it for final, where there are two to ask. */
async function unknownBlock(second: SecondOpinion, hash: string): Promise<Verdict> {
  if ((await second.requireUnknown(hash)) === 'unknown') throw unreachable();
  return no('unknown-block');
}

function judged(
  name: string,
  { number }: Header,
  { events, outcome }: Happened,
  claim: PaymentClaim,
  agreed: AgreedBlock | undefined,
): Verdict {
  const ended = outcome(claim.extrinsic);
  if (!ended) return no('no-such-extrinsic');
  if (!ended.ok) return no('failed');
  const names = events
    .filter(({ extrinsic, event }) => extrinsic === claim.extrinsic && isPayment(event, claim))
    .map(({ index }): EventId => `${name}/${index}`);
  if (names.length === 0) return no('no-such-payment');
  return { paid: true, events: names, blockNumber: number, trust: agreed ? 'proven' : 'asserted' };
}

function no(why: NotPaid): Verdict {
  return { paid: false, why };
}

function malformed(
  genesis: string,
  { genesis: claimed, block, extrinsic, amount, from, to }: PaymentClaim,
): NotPaid | undefined {
  if (String(claimed).toLowerCase() !== genesis) return 'other-chain';
  // What arrives in a message is of any type.
  const isWellFormed =
    typeof block === 'string' &&
    HASH.test(block.toLowerCase()) &&
    Number.isSafeInteger(extrinsic) &&
    extrinsic >= 0 &&
    isAmount(amount) &&
    amount > 0n &&
    from.length === 32 &&
    to.length === 32;
  return isWellFormed ? undefined : 'malformed';
}

/** The number of the last final block, now and whenever it rises. */
async function* finalNumbers(node: ChainNode, signal: AbortSignal | undefined): AsyncGenerator<number> {
  let wake = (): void => undefined;
  let heard = 0;
  const news = () => {
    heard += 1;
    wake();
  };
  const stops: (() => void)[] = [];
  signal?.addEventListener('abort', news);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const before = heard;
      yield (await node.finalizedHead()).number;
      // Most claims are about a block that is final already: only the others need to hear of new ones.
      if (stops.length === 0) {
        stops.push(
          node.whileConnected(() =>
            node.subscribe('chain_subscribeFinalizedHeads', 'chain_unsubscribeFinalizedHeads', [], news),
          ),
          node.state.subscribe((state) => state === 'closed' && news()),
        );
      }
      if (heard === before) await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal?.removeEventListener('abort', news);
    for (const stop of stops) stop();
  }
}
