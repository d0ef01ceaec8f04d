/**
 * Payments between people of a {@link World} on a {@link LocalChain} whose blocks a test makes.
 *
 * @module
 */
import type { Conversation, ConversationSnapshot, Payment, Payments } from '../../core/client.js';
import type { LocalChain } from './local-chain.js';
import { waitFor } from './wait.js';
import type { WorldPerson } from './world.js';

/** Waits until a payment in a conversation is in one of these states. */
export async function shows(
  conversation: Conversation,
  id: string,
  ...states: Payment['state'][]
): Promise<Payment> {
  const find = ({ messages }: ConversationSnapshot) => messages.find((message) => message.id === id)?.payment;
  const isThere = (snapshot: ConversationSnapshot) => states.includes(find(snapshot)?.state as never);
  return find(await waitFor(conversation.snapshot, isThere))!;
}

/** Waits until the payer's own account of a payment fits. */
export async function stands(
  payer: WorldPerson,
  id: string,
  fits: (payment: Payment) => boolean,
): Promise<void> {
  const payments = await payer.client.openPayments();
  await waitFor(payments.watch(id), (payment) => payment !== undefined && fits(payment));
}

/** Makes the block that takes a payment. */
export async function takeIn(local: LocalChain, payer: WorldPerson, id: string): Promise<void> {
  await stands(payer, id, ({ state }) => state === 'broadcast');
  await local.newBlocks(1);
  await stands(payer, id, ({ state }) => state === 'in-block');
}

/** Makes the block that takes a payment, and those that make it final. */
export async function carryOut(local: LocalChain, payer: WorldPerson, id: string): Promise<void> {
  await takeIn(local, payer, id);
  await local.newBlocks(2);
}

/** What can be spent. */
export async function balanceOf(payments: Payments, asset: string): Promise<bigint> {
  return (await waitFor(payments.watchBalance(asset), (balance) => balance !== undefined))!.usable;
}
