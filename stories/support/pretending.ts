/**
 * A real client with a part of what it publishes replaced: for states that one can hardly be brought into.
 *
 * @module
 */
import type {
  ClientStatus,
  ComingClient,
  Conversation,
  ConversationSnapshot,
  Payments,
  Watchable,
} from '../../core/client.js';

/** What to publish instead. */
export interface Pretence {
  readonly status?: Partial<ClientStatus>;
  readonly snapshot?: (snapshot: ConversationSnapshot) => Partial<ConversationSnapshot>;
  /** Members of every conversation to replace, e.g. a `send` that fails. */
  readonly conversation?: Partial<Conversation>;
  /** Members of what pays, likewise. */
  readonly payments?: Partial<Payments>;
}

export function pretending(client: ComingClient, pretence: Pretence): ComingClient {
  const { status, snapshot, conversation, payments } = pretence;
  return {
    status: status ? mapped(client.status, (value) => ({ ...value, ...status })) : client.status,
    conversations: client.conversations,
    becomeGuest: (options) => client.becomeGuest(options),
    useWallet: (signer, options) => client.useWallet(signer, options),
    offerLink: (options) => client.offerLink(options),
    joinLink: (answer) => client.joinLink(answer),
    openIdentity: () => client.openIdentity(),
    openContact: (peer) => client.openContact(peer),
    openExport: (passphrase) => client.openExport(passphrase),
    openImport: (passphrase) => client.openImport(passphrase),
    reconnect: () => client.reconnect(),
    erase: () => client.erase(),
    close: () => client.close(),
    openPayments: async () => {
      const real = await client.openPayments();
      return {
        assets: real.assets,
        feeAsset: real.feeAsset,
        chain: real.chain,
        head: real.head,
        watchBalance: (asset) => real.watchBalance(asset),
        estimateFee: (order) => real.estimateFee(order),
        pay: (order, options) => real.pay(order, options),
        watch: (id) => real.watch(id),
        reconnect: () => real.reconnect(),
        ...payments,
      };
    },
    openConversation: async (peer) => {
      const real = await client.openConversation(peer);
      return {
        peer: real.peer,
        snapshot: snapshot
          ? mapped(real.snapshot, (value) => ({ ...value, ...snapshot(value) }))
          : real.snapshot,
        send: (text) => real.send(text),
        retry: (id) => real.retry(id),
        markRead: () => real.markRead(),
        loadEarlier: () => real.loadEarlier(),
        answerElsewhere: () => real.answerElsewhere(),
        setPetname: (name) => real.setPetname(name),
        close: () => real.close(),
        ...conversation,
      };
    },
  };
}

function mapped<T>(source: Watchable<T>, map: (value: T) => T): Watchable<T> {
  let from = source.value;
  let to = map(from);
  const current = (value: T): T => {
    if (value !== from) [from, to] = [value, map(value)];
    return to;
  };
  return {
    get value() {
      return current(source.value);
    },
    subscribe: (listener) => source.subscribe((value) => listener(current(value))),
  };
}
