/**
 * Mail: what a device sends to the devices of one account, and what it says it has taken.
 *
 * Mail of the durable class is on disk when it is answered; of the ordinary class, on disk or with its receivers;
 * ephemeral mail reaches whoever is connected, and nobody else.
 *
 * @module
 */
import type { relay } from '../../proto/gen/relay.js';
import type { LoggedIn } from './authentication.js';
import { Status } from './frames.js';
import { type Answer, keyOf, logChanged, OK, type Peer, refuse, type Relay, tooFast } from './answers.js';
import * as rules from './rules.js';
import type { Mail, Misaddressed } from './store/store.js';

export function send(request: relay.Send.$Properties, device: LoggedIn, relay: Relay): Promise<Answer> {
  const { limits } = relay;
  const delivery = rules.deliveryClass(request.delivery);
  const mail: Mail = {
    receiver: rules.account(request.account),
    head: rules.fixed(request.logHead, 32, 'log_head'),
    senderAccount: device.account,
    senderDevice: device.deviceId,
    receivedAt: Math.floor(Date.now() / 1000),
    envelopes: rules.envelopes(request.envelopes, limits),
  };
  const sender = keyOf(device.account);
  const refusal = tooFast(relay, ['sends', sender], ['messages', `${sender} ${keyOf(mail.receiver)}`]);
  if (refusal instanceof Promise) return refusal.then((refused) => refused ?? pass(mail, delivery, relay));
  return refusal ? Promise.resolve(refusal) : pass(mail, delivery, relay);
}

async function pass(mail: Mail, delivery: rules.DeliveryClass, relay: Relay): Promise<Answer> {
  const { store, presence, limits } = relay;
  if (delivery === 'ephemeral') return sendOnce(mail, relay);
  const result = await store.put(mail, delivery === 'ordinary');
  switch (result.outcome) {
    case 'stored':
      // Where the relay is alone, the mailbox itself tells whoever is connected.
      if (!store.own) for (const ref of result.devices) presence.tell(ref, { kind: 'wake' });
      return result.full.length > 0 ? withReport(OK, { fullDevices: [...result.full] }) : OK;
    case 'quota':
      return withReport(refuse(Status.QUOTA, 'mailbox full', limits.quotaRetry), {
        fullDevices: [...result.full],
      });
    default:
      return misaddressed(mail, result);
  }
}

export function acknowledge(
  request: relay.Acknowledge.$Properties,
  device: LoggedIn,
  { store, limits }: Relay,
  peer: Peer,
): Answer | Promise<Answer> {
  const { seqs, upTo } = rules.acknowledgement(request, limits);
  const left = peer.taken(seqs, upTo);
  if (left.length === 0) return OK;
  return store.acknowledge(device.ref, left).then(() => ({ ...OK, acknowledged: left }));
}

async function sendOnce(mail: Mail, { store, presence }: Pick<Relay, 'store' | 'presence'>): Promise<Answer> {
  const result = await store.address(mail);
  if (result.outcome !== 'found') return misaddressed(mail, result);
  const { senderAccount, senderDevice, receivedAt } = mail;
  for (const [index, { id, type, content }] of mail.envelopes.entries()) {
    const envelope = { seq: 0, id, senderAccount, senderDevice, type, content, receivedAt };
    presence.tell(result.devices[index]!, { kind: 'once', envelope });
  }
  return OK;
}

function misaddressed(mail: Mail, result: Misaddressed): Answer {
  switch (result.outcome) {
    case 'log-changed':
      return logChanged(mail.receiver, result.log);
    case 'unknown-account':
      return refuse(Status.UNKNOWN_ACCOUNT, 'no log');
    case 'unknown-device':
      return withReport(refuse(Status.UNKNOWN_DEVICE, 'not in the log, or named twice'), {
        unknownDevices: [...result.unknown],
      });
  }
}

function withReport({ response }: Answer, report: relay.SendReport.$Properties): Answer {
  return { response: { ...response, report } };
}
