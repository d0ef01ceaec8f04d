/**
 * Whether mail names the device log that is stored: a sender that knows another one is shown it.
 *
 * @module
 */
import { readHead, readLog } from './device-log-tables.js';
import type { Step } from './steps.js';
import type { Mail, Misaddressed } from './store.js';

/** Goes on if mail names the log that is stored. */
export function* addressed<T>(mail: Mail, goOn: () => Step<T>): Step<T | Misaddressed> {
  const head = yield* readHead(mail.receiver);
  if (head && Buffer.compare(head, mail.head) === 0) return yield* goOn();
  const log = head && (yield* readLog(mail.receiver));
  return log ? { outcome: 'log-changed', log } : { outcome: 'unknown-account' };
}
