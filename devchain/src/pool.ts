/**
 * Transactions that wait for a block: ready ones in the order of their nonces, future ones until the gap before them
 * is filled. One transaction per nonce; a better paid one takes the other's place.
 *
 * @module
 */
import { type Hex, bytesOf, concatBytes, hexOf } from './bytes.js';
import type { Block, Chain, NewBest } from './chain.js';
import { blake2b256 } from './hashes.js';
import { Overlay } from './overlay.js';
import { RpcError } from './rpc-error.js';
import { RuntimeTrap, type Runtime } from './runtime.js';
import {
  BAD_CALL,
  type Invalidity,
  type ValidTransaction,
  invalidityError,
  isInvalid,
  mayFitLater,
  readValidity,
} from './validity.js';

/** What `author_extrinsicUpdate` says. */
export type Status =
  | 'future'
  | 'ready'
  | 'dropped'
  | 'invalid'
  | { readonly broadcast: readonly string[] }
  | { readonly inBlock: Hex }
  | { readonly retracted: Hex }
  | { readonly finalized: Hex }
  | { readonly usurped: Hex };

export type Watcher = (status: Status) => void;

interface Pooled {
  readonly hash: Hex;
  readonly bytes: Uint8Array;
  validity: ValidTransaction;
  announced: 'future' | 'ready' | undefined;
}

const LOCAL = Uint8Array.of(1);
const LONGEST = 3_932_160;
const MOST = 8192;
const MOST_BANNED = 4096;

export class Pool {
  private readonly waiting = new Map<Hex, Pooled>();
  /** The same ones by what they provide: the signer's nonce. */
  private readonly providers = new Map<string, Pooled>();
  /** Watchers by transaction, also after it entered a block. */
  private readonly watchers = new Map<Hex, Set<Watcher>>();
  /** Those that entered a block or turned out invalid: a node does not take them in again for a while. */
  private readonly banned = new Set<Hex>();

  constructor(
    private readonly runtime: Runtime,
    private readonly chain: Chain,
    private readonly changed: () => void,
  ) {
    chain.newBest.on((event) => this.follow(event));
    chain.newFinalized.on((block) => this.settle(block));
  }

  /**
   * Takes a transaction in.
   *
   * @throws RpcError with a node's own code and words.
   */
  submit(bytes: Uint8Array, watcher?: Watcher): Hex {
    const hash = hexOf(blake2b256(bytes));
    if (this.waiting.has(hash)) throw new RpcError(1013, 'Transaction Already Imported', `[${hash}]`);
    if (this.banned.has(hash)) throw new RpcError(1012, 'Transaction is temporarily banned');
    if (bytes.length > LONGEST || this.waiting.size >= MOST) {
      throw new RpcError(
        1016,
        'Immediately Dropped',
        "The transaction couldn't enter the pool because of the limit",
      );
    }
    const validity = this.validate(bytes);
    if (isInvalid(validity)) throw invalidityError(validity);
    this.replace(hash, validity);
    if (watcher) this.watch(hash, watcher);
    this.hold({ hash, bytes, validity, announced: undefined });
    this.announce();
    this.changed();
    return hash;
  }

  watch(hash: Hex, watcher: Watcher): void {
    const watchers = this.watchers.get(hash) ?? new Set();
    this.watchers.set(hash, watchers.add(watcher));
  }

  unwatch(hash: Hex, watcher: Watcher): void {
    this.watchers.get(hash)?.delete(watcher);
  }

  /** Transactions that may enter the next block, in order. */
  ready(): Uint8Array[] {
    return this.readyOnes().map(({ bytes }) => bytes);
  }

  provides(tag: string): boolean {
    return this.providers.has(tag);
  }

  /** Throws out what a block's author found to be invalid. */
  drop(bytes: Uint8Array, why: Invalidity): void {
    if (!mayFitLater(why)) this.forget(hexOf(blake2b256(bytes)), 'invalid');
  }

  private validate(bytes: Uint8Array): ValidTransaction | Invalidity {
    const { hash } = this.chain.best;
    const overlay = new Overlay(this.chain.stateOf(hash));
    const args = concatBytes(LOCAL, bytes, bytesOf(hash));
    try {
      return readValidity(this.runtime.call('TaggedTransactionQueue_validate_transaction', args, overlay));
    } catch (error) {
      if (error instanceof RuntimeTrap) return BAD_CALL;
      throw error;
    }
  }

  private replace(hash: Hex, { provides, priority }: ValidTransaction): void {
    const rival = provides.map((tag) => this.providers.get(tag)).find((one) => one !== undefined);
    if (!rival) return;
    if (priority <= rival.validity.priority) {
      throw new RpcError(
        1014,
        `Priority is too low: (${rival.validity.priority} vs ${priority})`,
        'The transaction has too low priority to replace another transaction already in the pool.',
      );
    }
    this.forget(rival.hash, { usurped: hash });
  }

  private readyOnes(): Pooled[] {
    // Those that nothing has to come before, best paid last; whoever is taken may let others follow.
    const next: Pooled[] = [];
    const followers = new Map<string, Pooled>();
    const add = (one: Pooled) => {
      let at = next.length;
      while (at > 0 && compare(next[at - 1]!.validity.priority, one.validity.priority) >= 0) at--;
      next.splice(at, 0, one);
    };
    for (const one of this.waiting.values()) {
      // An account's transaction needs the one before it, and no other.
      const [needed] = one.validity.requires;
      if (needed === undefined) add(one);
      else followers.set(needed, one);
    }
    const ready: Pooled[] = [];
    for (let one = next.pop(); one; one = next.pop()) {
      ready.push(one);
      const follower = one.validity.provides.map((tag) => followers.get(tag)).find(Boolean);
      if (follower) add(follower);
    }
    return ready;
  }

  private hold(one: Pooled): void {
    this.waiting.set(one.hash, one);
    for (const tag of one.validity.provides) this.providers.set(tag, one);
  }

  private release(hash: Hex): void {
    const one = this.waiting.get(hash);
    if (!one) return;
    this.waiting.delete(hash);
    for (const tag of one.validity.provides) {
      if (this.providers.get(tag) === one) this.providers.delete(tag);
    }
  }

  /** Tells watchers who became ready, and who is still in the future. */
  private announce(): void {
    for (const one of this.readyOnes()) {
      if (one.announced === 'ready') continue;
      one.announced = 'ready';
      this.tell(one.hash, 'ready');
      this.tell(one.hash, { broadcast: [] });
    }
    for (const one of this.waiting.values()) {
      if (one.announced) continue;
      one.announced = 'future';
      this.tell(one.hash, 'future');
    }
  }

  private follow({ retracted, enacted }: NewBest): void {
    const included = new Set(enacted.flatMap(({ extrinsics }) => extrinsics.map(hashOf)));
    const back: Uint8Array[] = [];
    for (const block of retracted) {
      for (const extrinsic of block.extrinsics) {
        this.banned.delete(hashOf(extrinsic));
        this.tell(hashOf(extrinsic), { retracted: block.hash });
        if (!included.has(hashOf(extrinsic))) back.push(extrinsic);
      }
    }
    for (const block of enacted) {
      for (const extrinsic of block.extrinsics) {
        this.release(hashOf(extrinsic));
        this.ban(hashOf(extrinsic));
        this.tell(hashOf(extrinsic), { inBlock: block.hash });
      }
    }
    this.revalidate();
    for (const extrinsic of back) this.putBack(extrinsic);
    this.announce();
  }

  private revalidate(): void {
    for (const one of [...this.waiting.values()]) {
      const validity = this.validate(one.bytes);
      if (isInvalid(validity)) this.forget(one.hash, 'invalid');
      else one.validity = validity;
    }
  }

  /** Takes in again what stood in a block that is no longer part of the chain; inherents fall out here. */
  private putBack(bytes: Uint8Array): void {
    const hash = hashOf(bytes);
    const validity = this.validate(bytes);
    if (isInvalid(validity)) return this.forget(hash, 'invalid');
    this.hold({ hash, bytes, validity, announced: undefined });
  }

  private settle(block: Block): void {
    for (const extrinsic of block.extrinsics) {
      const hash = hashOf(extrinsic);
      this.tell(hash, { finalized: block.hash });
      this.watchers.delete(hash);
    }
  }

  private forget(hash: Hex, status: Status): void {
    this.release(hash);
    if (status === 'invalid') this.ban(hash);
    this.tell(hash, status);
    this.watchers.delete(hash);
  }

  private ban(hash: Hex): void {
    this.banned.add(hash);
    if (this.banned.size > MOST_BANNED) this.banned.delete(this.banned.values().next().value!);
  }

  private tell(hash: Hex, status: Status): void {
    for (const watcher of [...(this.watchers.get(hash) ?? [])]) watcher(status);
  }
}

function hashOf(bytes: Uint8Array): Hex {
  return hexOf(blake2b256(bytes));
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
