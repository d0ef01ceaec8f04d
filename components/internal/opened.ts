/**
 * Keeps something of the client's open while its element is in the document, and closes it afterwards.
 *
 * @module
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Watchable } from '../../core/client.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';
import { Watch } from './watch.js';

/** What can be opened: it has a snapshot, and may have to be closed. */
interface Openable<Snapshot> {
  readonly snapshot: Watchable<Snapshot>;
  close?(): void;
}

/** Holds what its host opened, what it shows, or why it could not be opened. */
export class Opened<Thing extends Openable<Snapshot>, Snapshot> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #snapshot: Watch<Snapshot>;
  #key: readonly unknown[] = [];
  #open: (() => Promise<Thing>) | undefined;
  #thing: Thing | undefined;
  #problem: ErrorCode | undefined;
  #connected = false;
  /** Grows with every opening, so that one that was overtaken closes what it got. */
  #turn = 0;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    this.#snapshot = new Watch(host);
    host.addController(this);
  }

  get thing(): Thing | undefined {
    return this.#thing;
  }

  get snapshot(): Snapshot | undefined {
    return this.#snapshot.value;
  }

  get problem(): ErrorCode | undefined {
    return this.#problem;
  }

  /** Opens what these keys name; the same keys again change nothing. */
  show(key: readonly unknown[], open: (() => Promise<Thing>) | undefined): void {
    if (key.length === this.#key.length && key.every((part, at) => part === this.#key[at])) return;
    this.#key = key;
    this.#open = open;
    this.again();
  }

  /** Opens it once more, after a failure. */
  again(): void {
    this.#close();
    if (this.#connected) void this.#begin();
  }

  hostConnected(): void {
    this.#connected = true;
    if (!this.#thing) void this.#begin();
  }

  hostDisconnected(): void {
    this.#connected = false;
    this.#close();
  }

  async #begin(): Promise<void> {
    if (!this.#open) return;
    const turn = ++this.#turn;
    let thing: Thing | undefined;
    let problem: ErrorCode | undefined;
    try {
      thing = await this.#open();
    } catch (error) {
      problem = codeOf(error);
    }
    if (turn !== this.#turn) {
      thing?.close?.();
      return;
    }
    this.#thing = thing;
    this.#problem = problem;
    this.#snapshot.follow(thing?.snapshot);
    this.#host.requestUpdate();
  }

  #close(): void {
    this.#turn += 1;
    this.#snapshot.follow(undefined);
    this.#thing?.close?.();
    this.#thing = undefined;
    this.#problem = undefined;
  }
}
