import {
  css,
  html,
  LitElement,
  nothing,
  type CSSResultGroup,
  type PropertyValues,
  type TemplateResult,
} from 'lit';
import { property, state } from 'lit/decorators.js';
import type { ComingClient } from '../../core/client.js';
import { VERSION } from './version.js';
import { identicon } from './identicon.js';

/**
 * Somebody's picture of themselves with the one that is drawn from their Coming ID as a badge: who copies the picture
 * has another badge.
 * A part inside of other elements; the host page gives it its size.
 *
 * @tagname coming-portrait
 */
export class ComingPortrait extends LitElement {
  static readonly version: string = VERSION;
  static override styles: CSSResultGroup = css`
    :host {
      block-size: var(--_identicon, 2.5rem);
      display: block;
      flex: none;
      inline-size: var(--_identicon, 2.5rem);
      position: relative;
    }
    .identicon,
    img {
      block-size: 100%;
      border-radius: 50%;
      display: block;
      inline-size: 100%;
    }
    img {
      inset: 0;
      object-fit: cover;
      position: absolute;
    }
    .badge .identicon {
      block-size: 48%;
      inline-size: 48%;
      inset-block-end: -6%;
      inset-inline-end: -6%;
      outline: 2px solid var(--_surface);
      position: absolute;
      z-index: 1;
    }
  `;

  @property({ attribute: false }) client: ComingClient | undefined;
  @property({ attribute: false }) peer = '';
  /** Names the picture: changes when it does. */
  @property({ attribute: false }) picture: number | undefined;

  @state() private url: string | undefined;
  #turn = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#turn += 1;
    this.#show(undefined);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('client') || changed.has('peer') || changed.has('picture')) void this.#load();
  }

  protected override render(): TemplateResult {
    const { url, peer } = this;
    const picture = url ? html`<img src=${url} alt="" @error=${() => this.#show(undefined)} />` : nothing;
    return html`<div class=${url ? 'badge' : ''}>${identicon(peer)}${picture}</div>`;
  }

  async #load(): Promise<void> {
    const turn = ++this.#turn;
    const bytes = await this.client?.pictureOf(this.peer).catch(() => undefined);
    // What the bytes are is for the browser to find out; it takes nothing but pictures here.
    if (turn === this.#turn)
      this.#show(bytes && URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>])));
  }

  #show(url: string | undefined): void {
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = url;
  }
}
