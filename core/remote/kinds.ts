/**
 * What can be done with each kind of handle from another context, name by name.
 *
 * A handle is an object with methods: the client itself, a conversation, an identity. Whoever adds a method to one adds a
 * line here: the type checker holds the tables complete, and nothing that is not in them can be called.
 *
 * @module
 */
import type {
  Capability,
  ComingClient,
  Contact,
  Conversation,
  ConversationSettings,
  ConversationSnapshot,
  DefaultSettings,
  Draft,
  Export,
  GuestSecret,
  Identity,
  Import,
  MessageRef,
  PaymentOrder,
  Payments,
  PayOptions,
  ProfileChange,
  SearchCursor,
  SearchOptions,
  SendOptions,
  StorageSecret,
  UnlockSecret,
  Watchable,
} from '../client.js';
import { ComingError } from '../errors.js';
import {
  amount,
  bytes,
  change,
  count,
  either,
  flag,
  id,
  list,
  maybe,
  name,
  number,
  payer,
  record,
  signer,
  text,
  type Reader,
} from './readers.js';

/** A method that is answered. */
export interface Call<Values extends readonly unknown[] = never[]> {
  readonly takes: { readonly [At in keyof Values]-?: Reader<Values[At] | undefined> };
  /** Asked of two owners, one after the other, it does the same as asked of one. */
  readonly isRepeatable: boolean;
  /** What the answer is a handle of. */
  readonly gives?: KindName;
  /** What stands in for the arguments, so that a repetition is the same call. */
  readonly prepare?: (values: readonly unknown[]) => readonly unknown[];
}

/** A method that gives a watchable at once. */
export interface Watching<Values extends readonly unknown[] = never[]> {
  readonly takes: { readonly [At in keyof Values]-?: Reader<Values[At] | undefined> };
  /** Throws what the method throws at once, with what is known of the handle. */
  readonly check?: (handle: never, ...values: Values) => void;
}

/** `closes` ends the handle as well. */
type Notice = 'tells' | 'closes';

/** `always`: the latest value is at hand at any time. `listened`: followed while somebody listens. */
type Following = 'always' | 'listened';

type Sort<Member> =
  Member extends Watchable<unknown>
    ? 'watched'
    : Member extends (...values: never[]) => infer Result
      ? Result extends Promise<unknown>
        ? 'call'
        : Result extends Watchable<unknown>
          ? 'watching'
          : 'notice'
      : 'plain';
type Sorted<Handle, Wanted> = {
  [K in keyof Handle as Sort<Handle[K]> extends Wanted ? K : never]: Handle[K];
};
type Takes<Method> = Method extends (...values: infer Values) => unknown ? Values : never;

/** Every name of a handle, under what it is. */
interface KindOf<Handle> {
  readonly calls: { readonly [K in keyof Sorted<Handle, 'call'>]: Call<Takes<Handle[K & keyof Handle]>> };
  readonly notices: { readonly [K in keyof Sorted<Handle, 'notice'>]: Notice };
  readonly watched: { readonly [K in keyof Sorted<Handle, 'watched'>]: Following };
  readonly watchings: {
    readonly [K in keyof Sorted<Handle, 'watching'>]: Watching<Takes<Handle[K & keyof Handle]>>;
  };
  readonly plain: { readonly [K in keyof Sorted<Handle, 'plain'>]: true };
  readonly resume?: Resume;
}

/** Brings a handle that was opened anew to where it was; `shown` tells its snapshot. */
type Resume = (
  shown: { readonly before: unknown; readonly now: () => unknown },
  call: (name: string) => Promise<unknown>,
) => Promise<void>;

/** A kind of handle, as those see it who do not know which. */
export interface Kind {
  readonly calls: Readonly<Record<string, Call>>;
  readonly notices: Readonly<Record<string, Notice>>;
  readonly watched: Readonly<Record<string, Following>>;
  readonly watchings: Readonly<Record<string, Watching>>;
  readonly plain: Readonly<Record<string, true>>;
  readonly resume?: Resume;
}

export type KindName = 'client' | 'conversation' | 'identity' | 'contact' | 'payments' | 'export' | 'import';

export const isKind = (name: unknown): name is KindName =>
  typeof name === 'string' && Object.hasOwn(KINDS, name);

/** May be asked again when nobody knows whether it was done. */
const again = <const T extends readonly Reader<unknown>[]>(...takes: T) => ({ takes, isRepeatable: true });
/** Done once, or not at all. */
const once = <const T extends readonly Reader<unknown>[]>(...takes: T) => ({ takes, isRepeatable: false });

const access = name<Capability>('origin', 'full');

const passphrase = record<UnlockSecret & { passphrase: string }>({ passphrase: text });

const searchOptions = record<SearchOptions>({
  peer: maybe(text),
  before: maybe(
    record<SearchCursor>({
      positions: list(record<SearchCursor['positions'][number]>({ peer: text, order: number, time: number })),
      time: number,
    }),
  ),
  limit: maybe(count),
});

const settings = {
  muted: maybe(flag),
  readReceipts: maybe(flag),
  typing: maybe(flag),
};

const message = record<MessageRef>({ id, mine: flag });
const draft = record<Draft>({ text, replyTo: maybe(message) });

const client = {
  calls: {
    becomeGuest: once(
      maybe(
        record<{ deviceName?: string; secret?: GuestSecret }>({
          deviceName: maybe(text),
          secret: maybe(
            either(
              record<GuestSecret & { kind: 'words' }>({ kind: name('words'), words: text }),
              record<GuestSecret & { kind: 'keystore' }>({
                kind: name('keystore'),
                json: text,
                passphrase: text,
              }),
            ),
          ),
        }),
      ),
    ),
    useWallet: once(
      signer,
      maybe(
        record<{ deviceName?: string; access?: Capability }>({
          deviceName: maybe(text),
          access: maybe(access),
        }),
      ),
    ),
    offerLink: again(maybe(record<{ deviceName?: string }>({ deviceName: maybe(text) }))),
    joinLink: once(text),
    openIdentity: { ...again(), gives: 'identity' },
    openContact: { ...again(text), gives: 'contact' },
    openConversation: { ...again(text), gives: 'conversation' },
    openPayments: { ...again(), gives: 'payments' },
    // Only the owner that began one knows how far it is.
    openExport: { ...once(text), gives: 'export' },
    openImport: { ...once(text), gives: 'import' },
    resolveDid: again(text),
    setProfile: again(
      change<ProfileChange>({
        name: maybe(text),
        picture: maybe(bytes),
        settings: maybe(change<DefaultSettings>({ ...settings, strangers: maybe(name('ask', 'accept')) })),
      }),
    ),
    pictureOf: again(text),
    loadMoreConversations: again(),
    search: again(text, maybe(searchOptions)),
    protect: once(
      either(passphrase, record<StorageSecret & { passkey: Uint8Array }>({ passkey: bytes, id: text })),
    ),
    unprotect: once(),
    lock: once(),
    unlock: once(either(passphrase, record<UnlockSecret & { passkey: Uint8Array }>({ passkey: bytes }))),
    reconnect: again(),
    erase: once(),
  },
  notices: {},
  watched: { status: 'always', conversations: 'always', profile: 'always', unread: 'listened' },
  watchings: {},
  plain: {},
  // A view that is closed leaves its owner alone.
} satisfies KindOf<Omit<ComingClient, 'close'>>;

const conversation = {
  calls: {
    send: {
      ...again(either(text, draft), maybe(record<SendOptions>({ id: maybe(id) }))),
      prepare: ([said, options]) => [said, { id: newId(), ...(options as SendOptions | undefined) }],
    },
    // What it does depends on what stands there.
    react: once(message, text),
    edit: again(id, text),
    deleteForEveryone: again(id),
    deleteHere: again(message),
    setTyping: again(flag),
    // Each leaves a notice in the conversation.
    setTimer: once(count),
    setSettings: again(change<ConversationSettings>(settings)),
    accept: again(),
    saveDraft: again(maybe(draft)),
    deleteConversation: again(),
    retry: again(id),
    cancel: again(id),
    markRead: again(),
    loadEarlier: again(),
    loadLater: again(),
    loadLatest: again(),
    loadAround: again(id),
    answerElsewhere: again(),
    setPetname: again(text),
  },
  notices: { close: 'closes' },
  watched: { snapshot: 'always' },
  watchings: {},
  plain: { peer: true },
  /** As many messages are shown as before. */
  async resume({ before, now }, call) {
    const wanted = (before as ConversationSnapshot).messages.length;
    for (;;) {
      const { messages, hasEarlier } = now() as ConversationSnapshot;
      if (!hasEarlier || messages.length >= wanted) return;
      await call('loadEarlier');
      if ((now() as ConversationSnapshot).messages.length <= messages.length) return;
    }
  },
} satisfies KindOf<Conversation>;

const identity = {
  calls: {
    refresh: again(),
    rename: once(count, text, maybe(signer)),
    remove: once(count, maybe(signer)),
    grant: once(count, maybe(signer)),
    repair: once(maybe(signer)),
    words: again(),
    confirmWords: again(text),
    exportKey: again(text),
    handOver: once(signer),
    anchorCost: again(),
    anchor: once(maybe(payer)),
    did: again(),
    askDomain: again(text),
    readLink: again(text),
    confirmLink: once(text, access, maybe(signer)),
  },
  notices: {},
  watched: { snapshot: 'always' },
  watchings: {},
  plain: {},
} satisfies KindOf<Identity>;

const contact = {
  calls: {
    refresh: again(),
    compare: again(),
    scan: again(text),
    forgetComparison: again(),
    noticed: again(),
    setNote: again(text),
    block: again(),
    unblock: again(),
    // The person decided about the list that they saw, not about one that came since.
    acceptChange: once(),
    askDomain: again(text),
    did: again(),
  },
  notices: { close: 'closes' },
  watched: { snapshot: 'always' },
  watchings: {},
  plain: {},
} satisfies KindOf<Contact>;

const order = record<PaymentOrder>({ id, to: text, asset: text, amount });

const payments = {
  calls: {
    estimateFee: again(order),
    // The same id is never paid twice.
    pay: again(
      order,
      maybe(record<PayOptions>({ maxFee: maybe(amount), wallet: maybe(payer), inConversation: maybe(flag) })),
    ),
  },
  notices: { reconnect: 'tells' },
  watched: { chain: 'always', head: 'listened' },
  watchings: {
    watchBalance: {
      takes: [text],
      check({ assets }: Payments, asset) {
        if (assets.some(({ caip19 }) => caip19 === asset)) return;
        throw new ComingError('unknown-asset', 'not an asset of this client');
      },
    },
    watch: { takes: [text] },
  },
  plain: { assets: true, feeAsset: true },
} satisfies KindOf<Payments>;

const exporting = {
  calls: { read: once() },
  notices: { close: 'closes' },
  watched: { snapshot: 'always' },
  watchings: {},
  plain: {},
} satisfies KindOf<Export>;

const importing = {
  calls: { write: once(bytes), finish: once() },
  notices: { close: 'closes' },
  watched: { snapshot: 'always' },
  watchings: {},
  plain: {},
} satisfies KindOf<Import>;

export const KINDS = {
  client,
  conversation,
  identity,
  contact,
  payments,
  export: exporting,
  import: importing,
} as unknown as Readonly<Record<KindName, Kind>>;

/** As the owner makes them. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
