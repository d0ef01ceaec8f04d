/**
 * A button's dialog, loaded when it is first opened: whether it is on its way, and whether that failed.
 *
 * @module
 */
import type { ReactiveControllerHost } from 'lit';

export class LazyDialog {
  #loading = false;
  #failed = false;

  constructor(private readonly host: ReactiveControllerHost) {}

  get loading(): boolean {
    return this.#loading;
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** @param define - Imports what shows the dialog, and registers it; false when that failed */
  async load(define: () => Promise<void>): Promise<boolean> {
    this.#set(true, false);
    try {
      await define();
      this.#set(false, false);
      return true;
    } catch {
      this.#set(false, true);
      return false;
    }
  }

  #set(loading: boolean, failed: boolean): void {
    this.#loading = loading;
    this.#failed = failed;
    this.host.requestUpdate();
  }
}
