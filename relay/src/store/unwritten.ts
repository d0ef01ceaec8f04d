/**
 * Letters that a device was offered and that are not on disk: whoever does not acknowledge one in time has it written.
 *
 * @module
 */
import type { Letter } from './letters.js';

export class Unwritten {
  /** Oldest first; those before `#first` are done with. */
  #letters: (Letter | undefined)[] = [];
  #since: number[] = [];
  #first = 0;
  #isWaiting = false;

  constructor(
    /** ms */
    private readonly patience: number,
    private readonly write: (letters: readonly Letter[]) => void,
  ) {}

  add(letter: Letter): void {
    this.#letters.push(letter);
    this.#since.push(performance.now());
    if (!this.#isWaiting) this.#sweepIn(this.patience);
  }

  /** Writes all of them. */
  flush(): void {
    this.#take(Infinity);
  }

  #sweepIn(wait: number): void {
    this.#isWaiting = true;
    setTimeout(() => {
      this.#isWaiting = false;
      this.#take(performance.now() - this.patience);
      if (this.#first === this.#letters.length) return;
      // Not more often than needed to be about in time.
      const next = this.#since[this.#first]! + this.patience - performance.now();
      this.#sweepIn(Math.max(next, this.patience / 10));
    }, wait);
  }

  #take(until: number): void {
    const late: Letter[] = [];
    for (; this.#first < this.#letters.length && this.#since[this.#first]! <= until; this.#first += 1) {
      const letter = this.#letters[this.#first]!;
      this.#letters[this.#first] = undefined;
      if (!letter.isKept && !letter.isQueued) late.push(letter);
    }
    this.write(late);
    if (this.#first * 2 < this.#letters.length) return;
    this.#letters = this.#letters.slice(this.#first);
    this.#since = this.#since.slice(this.#first);
    this.#first = 0;
  }
}
