/**
 * Follows a value of the client while its element is in the document.
 *
 * @module
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Watchable } from '../../core/client.js';

/** Renders its host whenever the value that it follows changes. */
export class Watch<T> implements ReactiveController {
  #source: Watchable<T> | undefined;
  #release: (() => void) | undefined;
  #value: T | undefined;
  #connected = false;
  readonly #host: ReactiveControllerHost;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  /** The latest value; undefined while nothing is followed. */
  get value(): T | undefined {
    return this.#value;
  }

  /** Follows another source from now on; the same source again changes nothing. */
  follow(source: Watchable<T> | undefined): void {
    if (source === this.#source) return;
    this.#stop();
    this.#source = source;
    this.#value = source?.value;
    if (this.#connected) this.#start();
    this.#host.requestUpdate();
  }

  hostConnected(): void {
    this.#connected = true;
    this.#start();
  }

  hostDisconnected(): void {
    this.#connected = false;
    this.#stop();
  }

  #start(): void {
    this.#release ??= this.#source?.subscribe((value) => {
      if (value === this.#value) return;
      this.#value = value;
      this.#host.requestUpdate();
    });
  }

  #stop(): void {
    this.#release?.();
    this.#release = undefined;
  }
}
