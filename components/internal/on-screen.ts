/**
 * Whether a person can see an element: it is laid out within the viewport, and the page is in front.
 *
 * @module
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Renders its host when it comes into view. */
export class OnScreen implements ReactiveController {
  readonly #host: ReactiveControllerHost & Element;
  #observer: IntersectionObserver | undefined;
  #intersects = false;

  constructor(host: ReactiveControllerHost & Element) {
    this.#host = host;
    host.addController(this);
  }

  /** The element is in view now. */
  get visible(): boolean {
    return this.#intersects && document.visibilityState === 'visible';
  }

  hostConnected(): void {
    this.#observer = new IntersectionObserver((entries) => {
      this.#intersects = entries.at(-1)?.isIntersecting ?? false;
      this.#changed();
    });
    this.#observer.observe(this.#host);
    document.addEventListener('visibilitychange', this.#changed);
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    this.#observer = undefined;
    this.#intersects = false;
    document.removeEventListener('visibilitychange', this.#changed);
  }

  readonly #changed = (): void => {
    this.#host.requestUpdate();
  };
}
