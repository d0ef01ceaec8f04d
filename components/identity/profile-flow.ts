import { css, html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { query, state } from 'lit/decorators.js';
import type { MyProfile } from '../../core/client.js';
import { codeOf } from '../../core/errors.js';
import { portrait } from '../internal/portrait.js';
import { Watch } from '../internal/watch.js';
import { flowStyles } from './flow.styles.js';
import { IdentityFlow } from './flow.js';
import { smallPicture } from './small-picture.js';

/**
 * What one says of oneself: a name and a picture, for contacts. A part inside of `<coming-identity>`.
 *
 * @tagname coming-profile-flow
 */
export class ComingProfileFlow extends IdentityFlow {
  static override styles: CSSResultGroup = [
    flowStyles,
    css`
      form {
        display: grid;
        gap: var(--_space-2);
      }
      .picture {
        --_identicon: 4rem;
        align-items: center;
        display: flex;
        flex-wrap: wrap;
        gap: var(--_space-3);
      }
    `,
  ];

  /** The picture was not one, or could not be made small. */
  @state() private isUnreadable = false;

  @query('#name') private field!: HTMLInputElement;
  @query('[type="file"]') private file!: HTMLInputElement;

  readonly #profile = new Watch<MyProfile>(this);

  protected override willUpdate(): void {
    this.#profile.follow(this.client?.profile);
  }

  protected override view(): TemplateResult {
    const { words, me, busy, client } = this;
    const { name, picture } = this.#profile.value ?? { name: '', picture: undefined };
    return html`<h2>${words.profile}</h2>
      <p class="muted">${words.profileText}</p>
      <form @submit=${this.#save}>
        <label class="label" for="name">${words.profileName}</label>
        <input
          class="field"
          id="name"
          dir="auto"
          maxlength="64"
          autocomplete="nickname"
          aria-describedby="name-hint"
          data-first
          .value=${name}
        />
        <p class="small muted" id="name-hint">${words.profileNameHint}</p>
        <div class="picture">
          ${me ? portrait(client, me.comingId, picture) : nothing}
          <button class="secondary" type="button" aria-disabled=${busy} @click=${this.#choose}>
            ${picture ? words.profileOtherPicture : words.profilePicture}
          </button>
          ${
            picture
              ? html`<button class="quiet warn" type="button" aria-disabled=${busy} @click=${this.#remove}>
                  ${words.profileNoPicture}
                </button>`
              : nothing
          }
        </div>
        <input
          type="file"
          accept="image/*"
          hidden
          aria-label=${words.profilePicture}
          @change=${this.#chosen}
        />
        <p class="error" role="alert">${this.isUnreadable ? words.profileUnreadable : ''}</p>
        ${this.failure()}
        <div class="actions">
          <button class="secondary" type="button" @click=${this.finish}>${words.cancel}</button>
          <button class="primary" type="submit" ?disabled=${busy}>${words.profileSave}</button>
        </div>
      </form>`;
  }

  readonly #save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (await this.#set({ name: this.field.value })) this.finish();
  };

  readonly #choose = (): void => this.file.click();

  readonly #chosen = async (): Promise<void> => {
    const chosen = this.file.files?.[0];
    this.file.value = '';
    if (!chosen) return;
    const picture = await smallPicture(chosen).catch(() => undefined);
    this.isUnreadable = !picture;
    if (picture) await this.#set({ picture });
  };

  readonly #remove = (): Promise<boolean> => this.#set({ picture: undefined });

  async #set(change: Parameters<NonNullable<typeof this.client>['setProfile']>[0]): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = undefined;
    try {
      await this.client?.setProfile(change);
      return true;
    } catch (error) {
      this.problem = codeOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
