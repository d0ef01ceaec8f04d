import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { ComingClient, Contact, ContactSnapshot } from '../../core/client.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';
import { formatTime } from '../internal/dates.js';
import { ComingElement } from '../internal/element.js';
import { arrowBack, pencil } from '../internal/icons.js';
import { nameOf, shownName, type Name } from '../internal/names.js';
import { panel } from '../internal/notices.js';
import { Opened } from '../internal/opened.js';
import { hostOf } from '../internal/origins.js';
import { portrait } from '../internal/portrait.js';
import type { ScannedEvent } from '../internal/scanner.js';
import { errorText } from '../locales/en.js';
import { contactWords, type ContactWords } from '../locales/en-contact.js';
import { cardStyles } from './card.styles.js';
import { domainOf } from './domain.js';
import { safetyNumber } from './safety-number.js';
import { statusPanel } from './status.js';

type View = 'overview' | 'rename' | 'compare' | 'differs' | 'scan' | 'accept';

/**
 * A person: who they are, how sure that is, and what can be done about it. A part inside of `<coming-contact>` and of
 * the conversation, loaded when somebody looks at a person.
 *
 * @tagname coming-contact-card
 */
export class ComingContactCard extends ComingElement {
  static override styles: CSSResultGroup = cardStyles;

  @property({ attribute: false }) client: ComingClient | undefined;
  @property({ attribute: false }) peer = '';

  /** What the page calls the person, as long as the visitor gave no name. */
  @property({ attribute: false }) label = '';

  @state() private view: View = 'overview';
  @state() private busy = false;
  @state() private problem: ErrorCode | undefined;
  /** What was done, for those who do not see it. */
  @state() private said = '';

  /** What came of asking a site. */
  @state() private answer = '';

  @query('#petname, #domain') private field!: HTMLInputElement | null;

  readonly #contact = new Opened<Contact, ContactSnapshot>(this);
  /** Devices that were new when this was opened; they are marked as long as it is shown. */
  #newOnes: ReadonlySet<number> = new Set();
  #focusNext = false;

  protected override get words(): ContactWords {
    return contactWords(this.strings);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { client, peer } = this;
    if (changed.has('client') || changed.has('peer')) this.#reset();
    this.#contact.show([client, peer], client && peer ? () => client.openContact(peer) : undefined);
    const { newDevices = [] } = this.#contact.snapshot ?? {};
    // Each is told once: what is told comes back as another snapshot.
    if (newDevices.some((id) => !this.#newOnes.has(id))) {
      this.#newOnes = new Set([...this.#newOnes, ...newDevices]);
      void this.#contact.thing?.noticed().catch(() => undefined);
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#reset();
  }

  protected override render(): TemplateResult {
    const { words } = this;
    const { snapshot, problem } = this.#contact;
    if (problem) {
      const again = html`<button class="secondary" type="button" @click=${this.#open}>
        ${words.tryAgain}
      </button>`;
      return panel(words.contactFailedTitle, errorText(words, problem), undefined, again);
    }
    if (!snapshot) return this.#skeleton();
    return html`<p class="vh" role="status">${this.said}</p>
      ${this.#view(snapshot)}`;
  }

  protected override updated(): void {
    if (!this.#focusNext) return;
    this.#focusNext = false;
    this.renderRoot.querySelector<HTMLElement>('[data-first]')?.focus();
  }

  #view(contact: ContactSnapshot): TemplateResult {
    switch (this.view) {
      case 'overview':
        return this.#overview(contact);
      case 'rename':
        return this.#rename(contact);
      case 'compare':
        return this.#compare(contact);
      case 'differs':
        return this.#differs(contact);
      case 'scan':
        return this.#scan(contact);
      case 'accept':
        return this.#accept(contact);
    }
  }

  #skeleton(): TemplateResult {
    return html`<div class="head" role="status">
        <span class="vh">${this.words.contactLoading}</span>
        <span class="bone picture"></span>
        <span class="lines"><span class="bone"></span><span class="bone"></span></span>
      </div>
      <span class="bone block"></span>`;
  }

  #overview(contact: ContactSnapshot): TemplateResult {
    const { words } = this;
    const { peer, status, domains, blocked, chain, picture } = contact;
    const name = this.#nameOf(contact);
    const known = this.#known(contact);
    return html`
      <div class="head">
        ${portrait(this.client, peer, picture)}
        <div class="who">
          <h2 tabindex="-1" data-first>${shownName(known, words)}</h2>
          ${known.from === 'themselves' ? html`<p class="small muted">${words.contactOwnWord}</p>` : nothing}
          ${domains.map(
            (domain) => html`<p class="small domain"><bdi>${words.domainConfirmed(domain)}</bdi></p>`,
          )}
        </div>
        <button
          class="round"
          type="button"
          aria-label=${words.contactEditName}
          title=${words.contactEditName}
          @click=${() => this.#go('rename')}
        >
          ${pencil}
        </button>
      </div>
      <div class="id">
        <p class="mono small groups"><bdi>${grouped(peer)}</bdi></p>
        <coming-copy-button
          .text=${peer}
          .strings=${this.strings}
          label=${words.copyComingId}
        ></coming-copy-button>
      </div>
      ${blocked ? html`<p class="notice" role="note">${words.blockedNow(name)}</p>` : nothing}
      ${statusPanel(status, words)} ${status === 'changed' ? this.#changed(name) : nothing}
      ${
        chain === 'unreachable' || chain === 'asking'
          ? html`<p class="small muted" role="status">
              ${chain === 'asking' ? words.contactChainAsking : words.contactChainUnreachable}
            </p>`
          : nothing
      }
      ${
        status === 'changed'
          ? nothing
          : html`<button
              class=${status === 'compared' ? 'secondary wide' : 'primary wide'}
              type="button"
              @click=${() => this.#go('compare')}
            >
              ${status === 'compared' ? words.compareAgain : words.compareOpen}
            </button>`
      }
      ${this.#problem()} ${this.#note(contact)} ${this.#devices(contact)} ${this.#domain()}
      <div class="ways">
        <button class="quiet" type="button" aria-disabled=${this.busy} @click=${this.#refresh}>
          ${words.contactRefresh}
        </button>
        <button
          class=${blocked ? 'quiet' : 'quiet warn'}
          type="button"
          title=${blocked ? nothing : words.blockHint}
          @click=${blocked ? this.#unblock : this.#block}
        >
          ${blocked ? words.unblock : words.block}
        </button>
      </div>
    `;
  }

  /** What a person can do when the list of devices changed as it should not. */
  #changed(name: string): TemplateResult {
    const { words } = this;
    return html`<p class="small">${words.changedChoices(name)}</p>
      <button class="secondary wide" type="button" @click=${() => this.#go('accept')}>
        ${words.changedAccept}
      </button>`;
  }

  #devices({ devices }: ContactSnapshot): TemplateResult {
    const { words, locale } = this;
    return html`<section aria-labelledby="devices">
      <h3 id="devices">${words.contactDevices}</h3>
      ${
        devices.length === 0
          ? html`<p class="small muted">${words.contactNoDevices}</p>`
          : html`<ul class="devices">
              ${devices.map(
                ({ id, name, origin, addedAt, access }) =>
                  html`<li>
                    <p>
                      <bdi>${name}</bdi>
                      ${this.#newOnes.has(id) ? html`<span class="badge">${words.deviceNew}</span>` : nothing}
                    </p>
                    <p class="small muted">
                      <bdi>${words.deviceSince(hostOf(origin), formatTime(locale, 'yearDate', addedAt))}</bdi>
                    </p>
                    <p class="small muted">
                      ${access === 'full' ? words.accessAll : words.accessOrigin(hostOf(origin))}
                    </p>
                  </li>`,
              )}
            </ul>`
      }
    </section>`;
  }

  #note({ note }: ContactSnapshot): TemplateResult {
    const { words } = this;
    return html`<details ?open=${note !== ''}>
      <summary>${words.noteTitle}</summary>
      <form @submit=${this.#setNote}>
        <label class="vh" for="note">${words.noteTitle}</label>
        <textarea
          class="field"
          id="note"
          dir="auto"
          rows="3"
          maxlength="2000"
          aria-describedby="note-hint"
          .value=${note}
        ></textarea>
        <p class="small muted" id="note-hint">${words.noteHint}</p>
        <button class="secondary" type="submit" aria-disabled=${this.busy}>${words.save}</button>
      </form>
    </details>`;
  }

  #domain(): TemplateResult {
    const { words } = this;
    return html`<details>
      <summary>${words.domainTitle}</summary>
      <form @submit=${this.#askDomain}>
        <label class="label" for="domain">${words.domainField}</label>
        <div class="line">
          <input
            class="field"
            id="domain"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            placeholder="ada.example"
            aria-describedby="domain-hint"
          />
          <button class="secondary" type="submit" aria-disabled=${this.busy}>${words.domainAsk}</button>
        </div>
        <p class="small muted" id="domain-hint">${words.domainHint}</p>
        <p class="small" role="status">${this.answer}</p>
      </form>
    </details>`;
  }

  #rename(contact: ContactSnapshot): TemplateResult {
    const { words } = this;
    return html`${this.#heading(words.contactRenameTitle(this.#nameOf(contact)))}
      <form @submit=${this.#setName}>
        <label class="label" for="petname">${words.contactNameField}</label>
        <input
          class="field"
          id="petname"
          dir="auto"
          maxlength="64"
          autocomplete="off"
          aria-describedby="petname-hint"
          data-first
          .value=${contact.petname}
        />
        <p class="small muted" id="petname-hint">${words.contactNameHint}</p>
        ${this.#problem()}
        <div class="actions">
          <button class="secondary" type="button" @click=${this.#back}>${words.cancel}</button>
          <button class="primary" type="submit">${words.save}</button>
        </div>
      </form>`;
  }

  #compare(contact: ContactSnapshot): TemplateResult {
    const { words } = this;
    const { safetyNumber: number, qr, status } = contact;
    const name = this.#nameOf(contact);
    return html`${this.#heading(words.compareTitle, true)}
      <p class="muted">${words.compareText(name)}</p>
      ${safetyNumber(number, words, this.strings)}
      <div class="pair">
        <button class="primary" type="button" aria-disabled=${!number || this.busy} @click=${this.#same}>
          ${words.compareSame}
        </button>
        <button class="secondary" type="button" @click=${() => this.#go('differs')}>
          ${words.compareDiffers}
        </button>
      </div>
      ${this.#problem()}
      ${
        qr
          ? html`<div class="code">
              <coming-qr-code .text=${qr} .label=${words.compareQr}></coming-qr-code>
              <div>
                <p class="small muted">${words.compareQrHint(name)}</p>
                <button class="secondary" type="button" @click=${() => this.#go('scan')}>
                  ${words.scanOpen}
                </button>
              </div>
            </div>`
          : nothing
      }
      ${
        status === 'compared'
          ? html`<button class="quiet warn wide" type="button" @click=${this.#forget}>
              ${words.compareForget}
            </button>`
          : nothing
      }`;
  }

  #differs(contact: ContactSnapshot): TemplateResult {
    const { words } = this;
    return html`${this.#heading(words.differsTitle, true)}
      <p>${words.differsText(this.#nameOf(contact))}</p>
      <div class="actions">
        <button class="secondary" type="button" @click=${() => this.#go('compare')}>
          ${words.contactBack}
        </button>
        <button class="danger" type="button" @click=${this.#block}>${words.block}</button>
      </div>`;
  }

  #scan(contact: ContactSnapshot): TemplateResult {
    const { words } = this;
    const name = this.#nameOf(contact);
    return html`${this.#heading(words.scanTitle(name), true)}
      <p class="muted">${words.scanText(name)}</p>
      <coming-scanner
        .label=${words.scanField}
        .strings=${this.strings}
        @scanned=${this.#scanned}
      ></coming-scanner>
      ${this.#problem()}`;
  }

  #accept(contact: ContactSnapshot): TemplateResult {
    const { words } = this;
    return html`${this.#heading(words.acceptTitle)}
      <p>${words.acceptText(this.#nameOf(contact))}</p>
      ${this.#problem()}
      <div class="actions">
        <button class="secondary" type="button" data-first @click=${this.#back}>${words.cancel}</button>
        <button class="danger" type="button" aria-disabled=${this.busy} @click=${this.#acceptChange}>
          ${words.acceptConfirm}
        </button>
      </div>`;
  }

  /** The way back and what this view is called; it takes the focus unless something below it does. */
  #heading(text: string, isFirst = false): TemplateResult {
    const { words } = this;
    return html`<div class="heading">
      <button
        class="round"
        type="button"
        aria-label=${words.contactBack}
        title=${words.contactBack}
        @click=${this.#back}
      >
        ${arrowBack}
      </button>
      <h2 tabindex="-1" ?data-first=${isFirst}><bdi>${text}</bdi></h2>
    </div>`;
  }

  #problem(): TemplateResult {
    const { problem, words } = this;
    return html`<p class="error" role="alert">${problem ? errorText(words, problem) : ''}</p>`;
  }

  #known({ peer, petname, profileName, picture }: ContactSnapshot): Name {
    const known = { petname, profile: { name: profileName, picture } };
    return nameOf(peer, known, this.label, this.words);
  }

  #nameOf(contact: ContactSnapshot): string {
    return this.#known(contact).text;
  }

  readonly #open = (): void => this.#contact.again();

  readonly #back = (): void => this.#go('overview');

  readonly #refresh = (): Promise<boolean> => this.#do((contact) => contact.refresh());

  readonly #setName = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const name = this.field?.value.trim() ?? '';
    const { client, peer } = this;
    const isDone = await this.#do(async () => {
      const conversation = await client?.openConversation(peer);
      await conversation?.setPetname(name);
      conversation?.close();
    });
    if (isDone) this.#back();
  };

  readonly #setNote = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const note = this.renderRoot.querySelector<HTMLTextAreaElement>('#note')?.value ?? '';
    if (await this.#do((contact) => contact.setNote(note))) this.said = this.words.noteSaved;
  };

  readonly #same = async (event: MouseEvent): Promise<void> => {
    // A page cannot say for the visitor that they compared, nor can the second half of a double click.
    if (!event.isTrusted || event.detail > 1) return;
    if (await this.#do((contact) => contact.compare())) this.#compared();
  };

  readonly #scanned = async ({ text }: ScannedEvent): Promise<void> => {
    if (await this.#do((contact) => contact.scan(text))) this.#compared();
  };

  #compared(): void {
    const { snapshot } = this.#contact;
    if (snapshot) this.said = this.words.comparedNow(this.#nameOf(snapshot));
    this.#back();
  }

  readonly #forget = async (event: MouseEvent): Promise<void> => {
    if (!event.isTrusted) return;
    if (await this.#do((contact) => contact.forgetComparison())) this.#back();
  };

  readonly #acceptChange = async (event: MouseEvent): Promise<void> => {
    if (!event.isTrusted || event.detail > 1) return;
    if (await this.#do((contact) => contact.acceptChange())) this.#back();
  };

  readonly #block = async (event: MouseEvent): Promise<void> => {
    if (!event.isTrusted) return;
    if (await this.#do((contact) => contact.block())) this.#back();
  };

  readonly #unblock = async (event: MouseEvent): Promise<void> => {
    if (!event.isTrusted) return;
    await this.#do((contact) => contact.unblock());
  };

  readonly #askDomain = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { words } = this;
    const domain = domainOf(this.field?.value ?? '');
    this.answer = domain ? words.domainAsking : words.domainMalformed;
    if (!domain) return;
    const isDone = await this.#do(async (contact) => {
      const isTheirs = await contact.askDomain(domain);
      this.answer = isTheirs ? words.domainConfirmed(domain) : words.domainNo(domain);
    });
    if (!isDone) this.answer = '';
  };

  /** Does something with the contact; when it fails, says why. */
  async #do(work: (contact: Contact) => Promise<void>): Promise<boolean> {
    const { thing } = this.#contact;
    if (!thing || this.busy) return false;
    this.busy = true;
    this.problem = undefined;
    try {
      await work(thing);
      return true;
    } catch (error) {
      this.problem = codeOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  #go(view: View): void {
    this.problem = undefined;
    this.#focusNext = true;
    this.view = view;
  }

  #reset(): void {
    this.view = 'overview';
    this.problem = undefined;
    this.said = this.answer = '';
    this.#newOnes = new Set();
  }
}

/** In groups of four, whole: what can be compared must be there to compare. */
const grouped = (comingId: string): TemplateResult[] =>
  (comingId.match(/.{1,4}/g) ?? []).map((group) => html`<span>${group}</span> `);
