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
    unread: client.unread,
    profile: client.profile,
    setProfile: (change) => client.setProfile(change),
    pictureOf: (account) => client.pictureOf(account),
    becomeGuest: (options) => client.becomeGuest(options),
    useWallet: (signer, options) => client.useWallet(signer, options),
    offerLink: (options) => client.offerLink(options),
    joinLink: (answer) => client.joinLink(answer),
    openIdentity: () => client.openIdentity(),
    openContact: (peer) => client.openContact(peer),
    resolveDid: (did) => client.resolveDid(did),
    openExport: (passphrase) => client.openExport(passphrase),
    openImport: (passphrase) => client.openImport(passphrase),
    reconnect: () => client.reconnect(),
    erase: () => client.erase(),
    loadMoreConversations: () => client.loadMoreConversations(),
    search: (query, options) => client.search(query, options),
    protect: (secret) => client.protect(secret),
    unprotect: () => client.unprotect(),
    lock: () => client.lock(),
    unlock: (secret) => client.unlock(secret),
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
        react: (message, emoji) => real.react(message, emoji),
        edit: (id, text) => real.edit(id, text),
        deleteForEveryone: (id) => real.deleteForEveryone(id),
        deleteHere: (message) => real.deleteHere(message),
        setTyping: (active) => real.setTyping(active),
        setTimer: (seconds) => real.setTimer(seconds),
        setSettings: (settings) => real.setSettings(settings),
        accept: () => real.accept(),
        saveDraft: (draft) => real.saveDraft(draft),
        deleteConversation: () => real.deleteConversation(),
        retry: (id) => real.retry(id),
        cancel: (id) => real.cancel(id),
        markRead: () => real.markRead(),
        loadEarlier: () => real.loadEarlier(),
        loadAround: (id) => real.loadAround(id),
        loadLater: () => real.loadLater(),
        loadLatest: () => real.loadLatest(),
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
