/**
 * Remembers the rows that were opened last: a conversation that is shown is read anew at every change, and most of its
 * messages are as they were.
 *
 * @module
 */
import { sameBytes } from '../identity/same-bytes.js';

const MOST = 300;

export class OpenedRows {
  readonly #rows = new Map<string, { readonly sealed: Uint8Array; readonly value: unknown }>();

  /** What a row says, if it is the very one that was opened under this name. */
  find(name: string, sealed: Uint8Array): unknown {
    const row = this.#rows.get(name);
    if (!row || !sameBytes(row.sealed, sealed)) return undefined;
    this.keep(name, sealed, row.value);
    return row.value;
  }

  keep(name: string, sealed: Uint8Array, value: unknown): void {
    this.#rows.delete(name);
    this.#rows.set(name, { sealed, value });
    if (this.#rows.size <= MOST) return;
    for (const oldest of this.#rows.keys()) {
      this.#rows.delete(oldest);
      return;
    }
  }

  clear(): void {
    this.#rows.clear();
  }
}
