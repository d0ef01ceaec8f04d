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
import type { PaymentClaim, Verdict } from '../chain.js';
import type { Blocks } from './blocks.js';
import { isPayment } from './calls.js';
import type { ChainNode, Header } from './node.js';

const HASH = /^0x[0-9a-f]{64}$/;
/** For so many final blocks a node may be behind the one that the payer used. */
const PATIENCE_BLOCKS = 20;

/** As `Chain.verify`. */
export async function verifyPayment(
  node: ChainNode,
  blocks: Blocks,
  claim: PaymentClaim,
  signal: AbortSignal | undefined,
): Promise<Verdict> {
  const problem = malformed(node.genesis, claim);
  if (problem) return no(problem);
  requireAssetOn(node.genesis, claim.asset);
  // One way to write it: there must be one name for each event.
  const hash = claim.block.toLowerCase();
  const header = await finalHeader(node, hash, signal);
  if (!header) return no('unknown-block');
  if ((await node.blockHash(header.number)) !== hash) return no('unknown-block');
  const happened = await blocks.happened({ hash, ...header });
  const outcome = happened.outcome(claim.extrinsic);
  if (!outcome) return no('no-such-extrinsic');
  if (!outcome.ok) return no('failed');
  const events = happened.events
    .filter(({ extrinsic, event }) => extrinsic === claim.extrinsic && isPayment(event, claim))
    .map(({ index }) => `${node.genesis}/${hash}/${claim.extrinsic}/${index}`);
  return events.length > 0 ? { paid: true, events, blockNumber: header.number } : no('no-such-payment');
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

/** Waits until the block's height is final; undefined when the node never saw the block. */
async function finalHeader(
  node: ChainNode,
  block: string,
  signal: AbortSignal | undefined,
): Promise<Header | undefined> {
  let lastTry: number | undefined;
  for await (const final of finalNumbers(node, signal)) {
    const header = await node.header(block);
    if (header && header.number <= final) return header;
    lastTry ??= final + PATIENCE_BLOCKS;
    if (!header && final >= lastTry) return undefined;
  }
  throw new ComingError('chain-unreachable', 'the connection ended');
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
