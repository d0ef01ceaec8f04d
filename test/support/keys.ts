import type { Me } from '../../core/client.js';
import { parseComingId } from '../../core/identity/index.js';
import type { LoopbackRelay } from '../../core/transport/index.js';
import { until } from './until.js';

/** Resolves when a device has published all its pre-keys, and so can be written to and rests. */
export async function keysPublished(relay: LoopbackRelay, { comingId, deviceId }: Me): Promise<void> {
  const mailbox = relay.mailboxOf(parseComingId(comingId), deviceId);
  await until(
    () => mailbox.oneTime.length >= 100 && mailbox.oneTimeKyber.length >= 100,
    'keys are published',
  );
}
