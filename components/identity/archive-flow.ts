import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { query, state } from 'lit/decorators.js';
import type { Export, Import, TransferProgress } from '../../core/client.js';
import { archiveWords, type ArchiveWords } from '../locales/en-archive.js';
import { IdentityFlow } from './flow.js';
import { flowStyles } from './flow.styles.js';
import { strengthOf } from './strength.js';

type View = 'choose' | 'export' | 'exported' | 'import' | 'imported';

/**
 * Everything of this device as a file, and what is in such a file into this device. A part inside of
 * `<coming-identity>`. Closing it stops what is under way; nothing is changed then.
 *
 * @tagname coming-archive-flow
 */
export class ComingArchiveFlow extends IdentityFlow {
  static override styles: CSSResultGroup = flowStyles;

  @state() private step: View = 'choose';
  @state() private strength: ReturnType<typeof strengthOf> = 0;
  @state() private differ = false;
  @state() private progress: TransferProgress | undefined;
  @state() private result = '';

  @query('#first') private first!: HTMLInputElement;
  @query('#second') private second!: HTMLInputElement | null;
  @query('#file') private file!: HTMLInputElement;

  #running: Export | Import | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#running?.close();
  }

  protected override get words(): ArchiveWords {
    return archiveWords(this.strings);
  }

  protected override view(): TemplateResult {
    switch (this.step) {
      case 'choose':
        return this.#choose();
      case 'export':
        return this.#export();
      case 'import':
        return this.#import();
      case 'exported':
      case 'imported':
        return this.#done();
    }
  }

  #choose(): TemplateResult {
    const { words } = this;
    const way = (step: View, title: string, hint: string) =>
      html`<button class="way" type="button" @click=${() => this.#go(step)}>
        <b>${title}</b><span class="small muted">${hint}</span>
      </button>`;
    return html`<h2 tabindex="-1" data-first>${words.archive}</h2>
      <p class="muted">${words.archiveText}</p>
      <div class="ways">
        ${way('export', words.exportAll, words.exportHint)}
        ${way('import', words.importFile, words.importHint)}
      </div>
      <div class="actions">
        <button class="secondary" type="button" @click=${this.finish}>${words.cancel}</button>
      </div>`;
  }

  #export(): TemplateResult {
    const { words, strength } = this;
    return html`<h2>${words.exportAll}</h2>
      <p class="muted">${words.exportText}</p>
      <form @submit=${this.#save}>
        <div class="fields">
          ${this.#passphrase('first', words.passphrase, 'new-password')}
          <div class="meter s${strength}" aria-hidden="true"></div>
          <p class="small muted" id="strength" role="status">${words.passphraseStrength[strength]}</p>
          ${this.#passphrase('second', words.passphraseAgain, 'new-password')}
        </div>
        <p class="error" role="alert">${this.differ ? words.passphrasesDiffer : ''}</p>
        ${this.#end(words.exportStart, strength === 0)}
      </form>`;
  }

  #import(): TemplateResult {
    const { words } = this;
    return html`<h2>${words.importFile}</h2>
      <p class="muted">${words.importText}</p>
      <form @submit=${this.#load}>
        <div class="fields">
          <div>
            <label class="label" for="file">${words.importField}</label>
            <input class="field" id="file" type="file" required data-first />
          </div>
          ${this.#passphrase('first', words.passphrase, 'off')}
        </div>
        ${this.#end(words.importStart, false)}
      </form>`;
  }

  #passphrase(id: string, label: string, autocomplete: 'off' | 'new-password'): TemplateResult {
    const isNew = autocomplete === 'new-password';
    return html`<div>
      <label class="label" for=${id}>${label}</label>
      <input
        class="field"
        id=${id}
        type="password"
        required
        autocomplete=${autocomplete}
        aria-describedby=${isNew && id === 'first' ? 'strength' : nothing}
        ?data-first=${isNew && id === 'first'}
        @input=${this.#typed}
      />
    </div>`;
  }

  #end(start: string, isBarred: boolean): TemplateResult {
    const { words } = this;
    return html`${this.failure()}${this.#shown()}
      <div class="actions">
        <button class="secondary" type="button" @click=${this.#back}>
          ${this.busy ? words.cancel : words.flowBack}
        </button>
        <button class="primary" type="submit" aria-disabled=${this.busy || isBarred}>${start}</button>
      </div>`;
  }

  #shown(): TemplateResult {
    const { words, progress } = this;
    if (!this.busy) return html`<p class="small muted" role="status"></p>`;
    if (!progress?.total) return html`<p class="small muted" role="status">${words.preparing}</p>`;
    const { phase, done, total } = progress;
    const text = phase === 'applying' ? words.merging : words.progress(done, total);
    return html`<progress max=${total} .value=${done} aria-label=${text}></progress>
      <p class="small muted" role="status">${phase === 'applying' ? text : nothing}</p>
      <p class="small muted" aria-hidden="true">${text}</p>`;
  }

  #done(): TemplateResult {
    const { words } = this;
    return html`<h2>${this.step === 'exported' ? words.exportAll : words.importFile}</h2>
      <p role="status">${this.result}</p>
      <div class="actions">
        <button class="primary" type="button" data-first @click=${this.finish}>${words.flowDone}</button>
      </div>`;
  }

  readonly #back = (): void => {
    this.#running?.close();
    if (!this.busy) this.#go('choose');
  };

  readonly #typed = (): void => {
    this.differ = false;
    this.strength = strengthOf(this.first.value);
  };

  readonly #save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { first, second, client } = this;
    this.differ = first.value !== second?.value;
    if (this.differ || this.strength === 0 || this.busy || !client) return;
    const passphrase = first.value;
    const isDone = await this.#run(client.openExport(passphrase), async (handle) => {
      let file = new Blob();
      // Blob after blob: the browser may keep them on disk.
      for (let piece = await handle.read(); piece; piece = await handle.read()) {
        file = new Blob([file, piece as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' });
      }
      const day = new Date().toISOString().slice(0, 10);
      download(`coming-export-${day}.coming`, file);
    });
    if (isDone) this.#over('exported', this.words.exportDone);
  };

  readonly #load = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { first, client } = this;
    const file = this.file.files?.[0];
    if (this.busy || !client || !file) return;
    const passphrase = first.value;
    let text = '';
    const isDone = await this.#run(client.openImport(passphrase), async (handle) => {
      const reader = file.stream().getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        await handle.write(next.value);
      }
      const { added, known } = await handle.finish();
      text = this.words.importDone(added, known);
    });
    if (isDone) this.#over('imported', text);
  };

  /** Does the work of a handle and shows how far it is; false when it failed or was stopped. */
  async #run<Handle extends Export | Import>(
    opening: Promise<Handle>,
    work: (handle: Handle) => Promise<void>,
  ): Promise<boolean> {
    return this.do(async () => {
      const handle = await opening;
      this.#running = handle;
      const unsubscribe = handle.snapshot.subscribe((progress) => (this.progress = progress));
      try {
        if (!this.isConnected) return;
        await work(handle);
      } finally {
        unsubscribe();
        this.progress = undefined;
        this.#running = undefined;
        handle.close();
      }
    });
  }

  #over(step: View, text: string): void {
    this.result = text;
    this.#go(step);
  }

  #go(step: View): void {
    this.problem = undefined;
    this.differ = false;
    this.strength = 0;
    this.step = step;
    this.focusFirst();
  }
}

/** Has the browser save a file. */
function download(name: string, file: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
