import { html, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { ComingClient, Contact, ContactSnapshot } from '../../core/client.js';
import { nameOf, type Name } from '../internal/names.js';
import { panel } from '../internal/notices.js';
import { Opened } from '../internal/opened.js';
import type { ScannedEvent } from '../internal/scanner.js';
import { StepElement } from '../internal/step-element.js';
import { errorText } from '../locales/en.js';
import { contactWords, type ContactWords } from '../locales/en-contact.js';
import { cardStyles } from './card.styles.js';
import { comparison, difference, scan } from './comparison.js';
import { domainOf } from './domain.js';
import { overview } from './overview.js';
import { heading, type Person, type View } from './person.js';

/**
 * A person: who they are, how sure that is, and what can be done about it. A part inside of `<coming-contact>` and of
 * the conversation, loaded when somebody looks at a person.
 *
 * @tagname coming-contact-card
 */
export class ComingContactCard extends StepElement {
  static override styles: CSSResultGroup = cardStyles;

  @property({ attribute: false }) client: ComingClient | undefined;
  @property({ attribute: false }) peer = '';

  /** What the page calls the person, as long as the visitor gave no name. */
  @property({ attribute: false }) label = '';

  @state() private view: View = 'overview';
  /** What was done, for those who do not see it. */
  @state() private said = '';

  /** What came of asking a site. */
  @state() private answer = '';

  @query('#petname, #domain') private field!: HTMLInputElement | null;

  readonly #contact = new Opened<Contact, ContactSnapshot>(this);
  protected override takesFocus = false;
  /** Devices that were new when this was opened; they are marked as long as it is shown. */
  #newOnes: ReadonlySet<number> = new Set();

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

  #view(contact: ContactSnapshot): TemplateResult {
    const person = this.#person(contact);
    switch (this.view) {
      case 'overview':
        return overview(person, this.#newOnes, this.answer);
      case 'rename':
        return this.#rename(person);
      case 'compare':
        return comparison(person);
      case 'differs':
        return difference(person);
      case 'scan':
        return scan(person);
      case 'accept':
        return this.#accept(person);
    }
  }

  #person(contact: ContactSnapshot): Person {
    const { client, words, strings, locale, busy } = this;
    const known = this.#known(contact);
    return {
      client,
      contact,
      known,
      name: known.text,
      words,
      strings,
      locale,
      busy,
      failure: this.failure(this.view === 'overview' ? contact.problem : undefined),
      go: this.#go,
      refresh: this.#refresh,
      same: this.#same,
      scanned: this.#scanned,
      forget: this.#forget,
      block: this.#block,
      unblock: this.#unblock,
      askDomain: this.#askDomain,
      setNote: this.#setNote,
    };
  }

  #skeleton(): TemplateResult {
    return html`<div class="head" role="status">
        <span class="vh">${this.words.contactLoading}</span>
        <span class="bone picture"></span>
        <span class="lines"><span class="bone"></span><span class="bone"></span></span>
      </div>
      <span class="bone block"></span>`;
  }

  #rename(person: Person): TemplateResult {
    const { words, contact, name } = person;
    return html`${heading(person, words.contactRenameTitle(name))}
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
        ${this.failure()}
        <div class="actions">
          <button class="secondary" type="button" @click=${this.#back}>${words.cancel}</button>
          <button class="primary" type="submit">${words.save}</button>
        </div>
      </form>`;
  }

  #accept(person: Person): TemplateResult {
    const { words, name } = person;
    return html`${heading(person, words.acceptTitle)}
      <p>${words.acceptText(name)}</p>
      ${this.failure()}
      <div class="actions">
        <button class="secondary" type="button" data-first @click=${this.#back}>${words.cancel}</button>
        <button class="danger" type="button" aria-disabled=${this.busy} @click=${this.#acceptChange}>
          ${words.acceptConfirm}
        </button>
      </div>`;
  }

  #known({ peer, petname, profileName, picture }: ContactSnapshot): Name {
    const known = { petname, profile: { name: profileName, picture } };
    return nameOf(peer, known, this.label, this.words);
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
    if (snapshot) this.said = this.words.comparedNow(this.#known(snapshot).text);
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

  /** Does something with the contact; false when it failed. */
  async #do(work: (contact: Contact) => Promise<void>): Promise<boolean> {
    const { thing } = this.#contact;
    return thing ? this.attempt(() => work(thing)) : false;
  }

  readonly #go = (view: View): void => {
    this.problem = undefined;
    this.view = view;
    this.focusFirst();
  };

  #reset(): void {
    this.view = 'overview';
    this.problem = undefined;
    this.said = this.answer = '';
    this.#newOnes = new Set();
  }
}
