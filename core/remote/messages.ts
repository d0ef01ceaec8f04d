/**
 * What a view and its owner say to each other.
 *
 * @module
 */
import type { WireError } from './errors.js';

/** Grows whenever these messages, or what can be asked of a handle, change. */
export const VERSION = 2;

/** A handle, as its owner describes it. */
export interface Described {
  readonly on: number;
  readonly kind: string;
  readonly plain: Readonly<Record<string, unknown>>;
  /** What is always followed, as it is now. */
  readonly values: Readonly<Record<string, unknown>>;
}

export type Outcome =
  { readonly value: unknown } | { readonly handle: Described } | { readonly error: WireError };

export type FromView =
  | {
      readonly say: 'call';
      readonly id: number;
      readonly on: number;
      readonly name: string;
      readonly values: readonly unknown[];
    }
  /** Asks for a value now and whenever it changes, until `unwatch` of the same id. */
  | {
      readonly say: 'watch';
      readonly id: number;
      readonly on: number;
      readonly name: string;
      readonly values: readonly unknown[];
    }
  | { readonly say: 'unwatch'; readonly id: number }
  | { readonly say: 'notice'; readonly on: number; readonly name: string }
  | { readonly say: 'signed'; readonly id: number; readonly outcome: Outcome }
  | { readonly say: 'bye' };

export type FromOwner =
  /** The first of all: there is an owner, and this is its client. */
  | { readonly say: 'welcome'; readonly version: number; readonly root: Described }
  | { readonly say: 'answer'; readonly id: number; readonly outcome: Outcome }
  | {
      readonly say: 'value';
      readonly on: number;
      readonly name: string;
      readonly value: unknown;
      readonly plain?: Described['plain'];
    }
  /** To a `watch`. */
  | { readonly say: 'update'; readonly id: number; readonly value: unknown }
  | {
      readonly say: 'sign';
      readonly id: number;
      readonly signer: number;
      readonly how: 'signText' | 'signPayload';
      readonly what: unknown;
    };
