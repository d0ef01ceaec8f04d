import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { query, queryAll, state } from 'lit/decorators.js';
import type { ErrorCode } from '../../core/errors.js';
import { IdentityFlow, isMeant } from './flow.js';
import { flowStyles } from './flow.styles.js';
import { strengthOf } from './strength.js';
import { askedWords, shownWords } from './words-views.js';

type View = 'choose' | 'warning' | 'words' | 'check' | 'words-done' | 'file' | 'file-done';

const WORDS_ERRORS: readonly string[] = ['unknown-word', 'words-incomplete', 'words-mismatch'];

/** How many of the words are asked for. */
const ASKED = 3;

/**
 * A backup of a guest's key: twelve words that are shown once and checked, or a file. A part inside of
 * `<coming-identity>`. Words and passphrases are in the document only as long as their view is shown.
 *
 * @tagname coming-backup-flow
 */
export class ComingBackupFlow extends IdentityFlow {
  static override styles: CSSResultGroup = flowStyles;

  @state() private step: View = 'choose';
  @state() private strength: ReturnType<typeof strengthOf> = 0;
  @state() private differ = false;

  @query('#first') private first!: HTMLInputElement;
  @query('#second') private second!: HTMLInputElement;
  @queryAll('.check') private answers!: NodeListOf<HTMLInputElement>;

  /** The words, from when they are asked for until they were checked. */
  #words: readonly string[] = [];
  #asked: readonly number[] = [];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#words = [];
  }

  protected override view(): TemplateResult {
    const { words } = this;
    switch (this.step) {
      case 'choose':
        return this.#choose();
      case 'warning':
        return this.#warning();
      case 'words':
        return shownWords(this.#words, words, this.#back, this.#ask);
      case 'check':
        return this.#check();
      case 'file':
        return this.#file();
      case 'words-done':
        return this.#done(words.wordsDone);
      case 'file-done':
        return this.#done(words.fileDone);
    }
  }

  #choose(): TemplateResult {
    const { words, snapshot } = this;
    return html`<h2 tabindex="-1" data-first>${words.backup}</h2>
      <p class="muted">${words.backupText}</p>
      <div class="ways">
        ${
          snapshot?.hasWords
            ? html`<button class="way" type="button" @click=${() => this.#go('warning')}>
                <b>${words.backupWords}</b><span class="small muted">${words.backupWordsHint}</span>
              </button>`
            : nothing
        }
        <button class="way" type="button" @click=${() => this.#go('file')}>
          <b>${words.backupFile}</b><span class="small muted">${words.backupFileHint}</span>
        </button>
      </div>
      <div class="actions">
        <button class="secondary" type="button" @click=${this.finish}>${words.cancel}</button>
      </div>`;
  }

  #warning(): TemplateResult {
    const { words } = this;
    return html`<h2 tabindex="-1" data-first>${words.wordsTitle}</h2>
      <p class="notice">${words.wordsWarning}</p>
      ${this.failure()}
      <div class="actions">
        <button class="secondary" type="button" @click=${this.#back}>${words.flowBack}</button>
        <button class="primary" type="button" aria-disabled=${this.busy} @click=${this.#show}>
          ${words.wordsShow}
        </button>
      </div>`;
  }

  #check(): TemplateResult {
    const asking = {
      asked: this.#asked,
      busy: this.busy,
      failure: this.failure(),
      again: () => this.#go('words'),
      submit: this.#confirm,
    };
    return askedWords(asking, this.words);
  }

  #file(): TemplateResult {
    const { words, strength } = this;
    return html`<h2>${words.fileTitle}</h2>
      <p class="muted">${words.fileText}</p>
      <form @submit=${this.#save}>
        <div class="fields">
          ${this.#passphrase('first', words.passphrase, true)}
          <div class="meter s${strength}" aria-hidden="true"></div>
          <p class="small muted" id="strength" role="status">${words.passphraseStrength[strength]}</p>
          ${this.#passphrase('second', words.passphraseAgain, false)}
        </div>
        <p class="error" role="alert">${this.differ ? words.passphrasesDiffer : ''}</p>
        ${this.failure()}
        <p class="small muted" role="status">${this.busy ? words.fileMaking : ''}</p>
        <div class="actions">
          <button class="secondary" type="button" @click=${this.#back}>${words.flowBack}</button>
          <button class="primary" type="submit" aria-disabled=${this.busy || strength === 0}>
            ${words.fileSave}
          </button>
        </div>
      </form>`;
  }

  #passphrase(id: string, label: string, isFirst: boolean): TemplateResult {
    return html`<div>
      <label class="label" for=${id}>${label}</label>
      <input
        class="field"
        id=${id}
        type="password"
        required
        autocomplete="new-password"
        aria-describedby=${isFirst ? 'strength' : nothing}
        ?data-first=${isFirst}
        @input=${this.#typed}
      />
    </div>`;
  }

  #done(text: string): TemplateResult {
    const { words } = this;
    return html`<h2>${words.backupDone}</h2>
      <p role="status">${text}</p>
      <div class="actions">
        <button class="primary" type="button" data-first @click=${this.finish}>${words.flowDone}</button>
      </div>`;
  }

  readonly #back = (): void => {
    this.#words = [];
    this.#go('choose');
  };

  readonly #show = async (event: MouseEvent): Promise<void> => {
    if (!isMeant(event)) return;
    const isDone = await this.do(async (identity) => {
      this.#words = await identity.words();
    });
    if (isDone && this.isConnected) this.#go('words');
  };

  readonly #ask = (): void => {
    this.#asked = someOf(this.#words.length, ASKED);
    this.#go('check');
  };

  readonly #confirm = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const typed = [...this.answers].map(({ value }) => value.trim().toLowerCase());
    const all = this.#words.map((word, position) => typed[this.#asked.indexOf(position)] ?? word);
    if (!(await this.do((identity) => identity.confirmWords(all.join(' '))))) {
      // Whatever is wrong with the words as a whole: the mistake is in what was typed.
      if (this.problem && WORDS_ERRORS.includes(this.problem)) this.problem = 'words-differ' as ErrorCode;
      return;
    }
    this.#words = [];
    this.#go('words-done');
  };

  readonly #typed = (): void => {
    this.differ = false;
    this.strength = strengthOf(this.first.value);
  };

  readonly #save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { first, second } = this;
    this.differ = first.value !== second.value;
    if (this.differ || this.strength === 0 || this.busy) return;
    const passphrase = first.value;
    const isDone = await this.do(async (identity) => {
      download(`coming-identity-${this.me?.comingId ?? ''}.json`, await identity.exportKey(passphrase));
    });
    if (!isDone) return;
    first.value = second.value = '';
    this.#go('file-done');
  };

  #go(step: View): void {
    this.problem = undefined;
    this.differ = false;
    this.strength = 0;
    this.step = step;
    this.focusFirst();
  }
}

/** Some positions of so many, in order. */
function someOf(count: number, wanted: number): number[] {
  const positions = new Set<number>();
  const random = new Uint32Array(1);
  while (positions.size < Math.min(wanted, count)) {
    positions.add(crypto.getRandomValues(random)[0]! % count);
  }
  return [...positions].sort((a, b) => a - b);
}

/** Has the browser save a file. */
function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
