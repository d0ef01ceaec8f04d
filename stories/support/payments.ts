/**
 * Payments in states that one can hardly be brought into, shown in a real conversation.
 *
 * @module
 */
import type { ComingClient, Message, Payment } from '../../core/client.js';
import { pretending } from './pretending.js';
import type { Person } from './people.js';

/** A payment as far as it matters; everything else is made up. */
export type Shown = Partial<Payment> & Pick<Payment, 'mine' | 'state'>;

const hash = (digits: string): string => `0x${digits.repeat(64).slice(0, 64)}`;
const MINUTE = 60_000;

/** The first person's client, whose conversation holds these payments with the second one. */
export function paymentsShown(me: Person, peer: Person, shown: readonly Shown[]): ComingClient {
  const messages = shown.map(({ mine, state, ...rest }, at): Message => {
    const [from, to] = mine ? [me.id, peer.id] : [peer.id, me.id];
    const id = at.toString(16).padStart(32, '0');
    const isPlaced = state !== 'signed' && state !== 'broadcast' && state !== 'expired';
    const payment: Payment = {
      ...{ id, mine, state, from, to },
      asset: 'polkadot:6ac13efb5b368b97b4934cef6edfdd99/xassets:1',
      symbol: 'XBTC',
      decimals: 8,
      amount: 2_500_000n,
      problem: undefined,
      refutal: undefined,
      trust: state === 'final' || state === 'received' ? 'proven' : undefined,
      fee: mine ? 15_500n : undefined,
      hash: hash('5f5e9a2b'),
      block: isPlaced ? { hash: hash('0370f4f0'), index: 2 } : undefined,
      ...rest,
    };
    return {
      id,
      mine,
      text: '0.025 XBTC',
      sentAt: Date.now() - (shown.length - at) * MINUTE,
      state: mine ? 'delivered' : 'received',
      problem: undefined,
      payment,
    };
  });
  return pretending(me.client, { snapshot: () => ({ messages, loading: false }) });
}
