/**
 * Payments between people of a {@link World} on a {@link LocalChain} whose blocks a test makes.
 *
 * @module
 */
import type { Conversation, Payment, Payments } from '../../core/client.js';
import type { LocalChain } from './local-chain.js';
import { waitFor } from './wait.js';

/** Makes blocks until a payment in a conversation is in one of these states. */
export async function shows(
  local: LocalChain,
  conversation: Conversation,
  id: string,
  ...states: Payment['state'][]
): Promise<Payment> {
  const find = () => conversation.snapshot.value.messages.find((message) => message.id === id)?.payment;
  for (let blocks = 0; blocks < 30; blocks += 1) {
    const found = find();
    if (found && states.includes(found.state)) return found;
    const before = find()?.state;
    await local.newBlocks(1);
    await settle(() => find()?.state !== before);
  }
  throw new Error(`never ${states.join(' or ')}: ${find()?.state}`);
}

/** Gives what happened in a block time to arrive. */
async function settle(changed: () => boolean): Promise<void> {
  const deadline = performance.now() + 150;
  while (!changed() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** What can be spent. */
export async function balanceOf(payments: Payments, asset: string): Promise<bigint> {
  return (await waitFor(payments.watchBalance(asset), (balance) => balance !== undefined))!.usable;
}
