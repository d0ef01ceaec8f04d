/**
 * Reads what came from another context: everything that is not exactly as it should be is refused.
 *
 * @module
 */
import type { AccountSigner, WalletPayer } from '../client.js';
import { ComingError, type ErrorCode } from '../errors.js';

/** Asks the view to sign with one of the signers that it handed along. */
export type AskToSign = (signer: number, how: 'signText' | 'signPayload', what: unknown) => Promise<unknown>;

/** Returns the value, typed, or throws {@link notUnderstood}. */
export type Reader<T> = (value: unknown, ask: AskToSign) => T;

export function notUnderstood(): ComingError<ErrorCode> {
  return new ComingError('other-version', 'a message that this version does not understand');
}

export const text: Reader<string> = (value) => {
  if (typeof value !== 'string') throw notUnderstood();
  return value;
};

export const flag: Reader<boolean> = (value) => {
  if (typeof value !== 'boolean') throw notUnderstood();
  return value;
};

export const count: Reader<number> = (value) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw notUnderstood();
  return value as number;
};

/** Any number, an infinite one too. */
export const number: Reader<number> = (value) => {
  if (typeof value !== 'number' || Number.isNaN(value)) throw notUnderstood();
  return value;
};

export const amount: Reader<bigint> = (value) => {
  if (typeof value !== 'bigint') throw notUnderstood();
  return value;
};

export const bytes: Reader<Uint8Array> = (value) => {
  if (!(value instanceof Uint8Array)) throw notUnderstood();
  return value;
};

export function list<T>(reader: Reader<T>): Reader<readonly T[]> {
  return (value, ask) => {
    if (!Array.isArray(value)) throw notUnderstood();
    return value.map((item) => reader(item, ask));
  };
}

/** The id of a message or a payment: 32 hexadecimal digits. */
export const id: Reader<string> = (value, ask) => {
  if (!/^[0-9a-f]{32}$/.test(text(value, ask))) throw notUnderstood();
  return value as string;
};

/** One of some names. */
export function name<const Name extends string>(...names: readonly Name[]): Reader<Name> {
  return (value) => {
    if (!names.includes(value as Name)) throw notUnderstood();
    return value as Name;
  };
}

export function maybe<T>(reader: Reader<T>): Reader<T | undefined> {
  return (value, ask) => (value === undefined ? undefined : reader(value, ask));
}

/** The first that takes it. */
export function either<A, B>(first: Reader<A>, second: Reader<B>): Reader<A | B> {
  return (value, ask) => {
    try {
      return first(value, ask);
    } catch {
      return second(value, ask);
    }
  };
}

type Fields<T> = { readonly [K in keyof T]-?: Reader<T[K] | undefined> };

/** Exactly these fields; those that are undefined are left out. */
export function record<T extends object>(fields: Fields<T>): Reader<T> {
  const read = change(fields);
  return (value, ask) => {
    const entries = Object.entries(read(value, ask));
    return Object.fromEntries(entries.filter(([, field]) => field !== undefined)) as T;
  };
}

/** Some of these fields; one that is there and undefined stays, for that says something too. */
export function change<T extends object>(fields: Fields<T>): Reader<T> {
  const readers = new Map(Object.entries<Reader<unknown>>(fields as Record<string, Reader<unknown>>));
  return (value, ask) => {
    if (!isRecord(value) || Object.keys(value).some((key) => !readers.has(key))) throw notUnderstood();
    const entries = [...readers].map(([key, reader]) => [key, reader(value[key], ask)] as const);
    return Object.fromEntries(entries.filter(([key]) => Object.hasOwn(value, key))) as T;
  };
}

/** A plain object: what is left of an object of ours when it was cloned. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype;
}

const key = record<{ signer: number; address: string; scheme: AccountSigner['scheme'] }>({
  signer: count,
  address: text,
  scheme: name('ed25519', 'sr25519', 'ecdsa'),
});

/** A wallet's account in the view's window: it is asked there. */
export const signer: Reader<AccountSigner> = (value, ask) => {
  const { signer, ...account } = key(value, ask);
  return {
    ...account,
    signText: async (what) => {
      const signature = await ask(signer, 'signText', what);
      if (!(signature instanceof Uint8Array)) throw notUnderstood();
      return signature;
    },
  };
};

/** A wallet's account that pays, likewise. */
export const payer: Reader<WalletPayer> = (value, ask) => {
  const { signer, ...account } = key(value, ask);
  return {
    ...account,
    signPayload: async (what) => signed(await ask(signer, 'signPayload', what), ask),
  };
};

/** Wallets add an id of their own and perhaps the transaction. */
const signed: Reader<{ signature: string }> = (value, ask) => {
  if (!isRecord(value)) throw notUnderstood();
  return { signature: text(value['signature'], ask) };
};
