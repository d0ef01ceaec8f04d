import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type {
  ClientStatus,
  ComingClient,
  Identity,
  IdentitySnapshot,
  Me,
  MyProfile,
  OwnDevice,
} from '../../core/client.js';
import { shortId } from '../internal/coming-ids.js';
import { connectionMood, connectionWords } from '../internal/connection.js';
import { formatTime } from '../internal/dates.js';
import type { ComingDialog } from '../internal/dialog.js';
import { ComingElement } from '../internal/element.js';
import { banner, connectionBanner } from '../internal/notices.js';
import { OnScreen } from '../internal/on-screen.js';
import { Opened } from '../internal/opened.js';
import { hostOf } from '../internal/origins.js';
import { portrait } from '../internal/portrait.js';
import { Watch } from '../internal/watch.js';
import { errorText } from '../locales/en.js';
import { identityWords, type IdentityWords } from '../locales/en-identity.js';
import { cardStyles } from './card.styles.js';
import { flowName, flowView, type Flow } from './flow-view.js';
import { chevron, code, more } from './icons.js';

/**
 * One's own account: who it is, its devices, its backup, and the way out. A part inside of `<coming-identity>`, loaded
 * once there is an account.
 *
 * @tagname coming-identity-card
 */
export class ComingIdentityCard extends ComingElement {
  static override styles: CSSResultGroup = cardStyles;

  @property({ attribute: false }) client: ComingClient | undefined;
  @property({ attribute: false }) status: ClientStatus | undefined;

  @state() private flow: Flow | undefined;
  @state() private device: OwnDevice | undefined;
  @state() private loadFailed = false;

  @query('coming-dialog') private dialog!: ComingDialog;

  readonly #identity = new Opened<Identity, IdentitySnapshot>(this);
  readonly #profile = new Watch<MyProfile>(this);
  readonly #screen = new OnScreen(this);
  /** What was told to look at the relay's list, because that was refused. */
  #askedAnew: Identity | undefined;

  protected override get words(): IdentityWords {
    return identityWords(this.strings);
  }

  protected override willUpdate(_changed: PropertyValues<this>): void {
    const { client, status } = this;
    const account = status?.me?.comingId;
    this.#profile.follow(client?.profile);
    this.#identity.show([client, account], client && account ? () => client.openIdentity() : undefined);
    const { thing } = this.#identity;
    const isRefused = status?.problem === 'own-log-refused';
    if (isRefused && thing && thing !== this.#askedAnew) void thing.refresh().catch(() => undefined); // said already
    this.#askedAnew = isRefused ? thing : undefined;
  }

  protected override updated(): void {
    if (this.status?.chain && this.#screen.visible) void showBalances();
  }

  protected override render(): TemplateResult {
    const { words, status } = this;
    const me = status?.me;
    if (!status || !me) return html``;
    const { snapshot, problem } = this.#identity;
    // Said with the way out of it.
    const isSettling = snapshot?.forked && status.problem === 'own-log-refused';
    return html`
      ${connectionBanner(this.client, status.connection, words)}
      ${status.problem && !isSettling ? banner(errorText(words, status.problem)) : nothing}
      ${status.storage === 'memory' ? banner(words.memoryOnly) : nothing} ${this.#notices(snapshot)}
      ${this.#head(me)} ${this.#row('profile', words.profile, words.profileHint)} ${this.#facts(status)}
      ${
        status.chain
          ? html`<coming-balances
              .client=${this.client}
              .status=${status}
              .strings=${this.strings}
            ></coming-balances>`
          : nothing
      }
      ${
        problem
          ? html`<p class="trouble" role="alert">
              ${errorText(words, problem)}
              <button class="quiet" type="button" @click=${this.#again}>${words.tryAgain}</button>
            </p>`
          : snapshot
            ? this.#account(snapshot, status)
            : this.#skeleton()
      }
      <p class="trouble" role="alert">${this.loadFailed ? errorText(words, 'not-loaded') : ''}</p>
      <button class="row warn" type="button" @click=${() => this.#start('erase')}>
        <b>${words.erase}</b>
      </button>
      ${this.#inDialog(me, snapshot)}
    `;
  }

  #notices(snapshot: IdentitySnapshot | undefined): TemplateResult {
    const { words } = this;
    const settle = html`<button class="quiet" type="button" @click=${() => this.#start('repair')}>
      ${words.forkedRepair}
    </button>`;
    const backUp = html`<button class="quiet" type="button" @click=${() => this.#start('backup')}>
      ${words.backUpNow}
    </button>`;
    return html`<div role="status">
      ${snapshot?.forked ? banner(words.forkedText, undefined, settle, true) : nothing}
      ${snapshot && !snapshot.backedUp ? banner(words.notBackedUp, undefined, backUp) : nothing}
    </div>`;
  }

  #head(me: Me): TemplateResult {
    const { words } = this;
    const isGuest = me.kind === 'guest';
    return html`<div class="head">
        ${portrait(this.client, me.comingId, this.#profile.value?.picture)}
        <div class="who">
          ${
            this.#profile.value?.name
              ? html`<p>
                  <b><bdi>${this.#profile.value.name}</bdi></b>
                </p>`
              : nothing
          }
          <p class="id"><bdi class="mono" title=${me.comingId}>${shortId(me.comingId)}</bdi></p>
          <p class="small muted">${isGuest ? words.guest : words.wallet}</p>
        </div>
        <button
          class="round"
          type="button"
          aria-label=${words.showQr}
          title=${words.showQr}
          @click=${() => this.#start('qr')}
        >
          ${code}
        </button>
        <coming-copy-button
          .text=${me.comingId}
          .strings=${this.strings}
          label=${words.copyComingId}
        ></coming-copy-button>
      </div>
      <p class="small muted hint">${isGuest ? words.guestHint : words.walletHint}</p>`;
  }

  #facts({ connection, relay }: ClientStatus): TemplateResult {
    const { words } = this;
    return html`<dl>
      <dt>${words.connection}</dt>
      <dd>
        <span class="dot ${connectionMood(connection)}"></span
        ><span role="status">${connectionWords(connection, words)}</span>
      </dd>
      ${
        relay
          ? html`<dt>${words.relay}</dt>
              <dd class="relay"><bdi>${relay}</bdi></dd>`
          : nothing
      }
    </dl>`;
  }

  #account(snapshot: IdentitySnapshot, { chain, storage, protection }: ClientStatus): TemplateResult {
    const { words } = this;
    const { devices, backedUp, hasKey, kind, anchor } = snapshot;
    return html`<h2 id="devices">${words.devicesTitle}</h2>
      <ul class="devices" aria-labelledby="devices">
        ${devices.map((device) => this.#deviceRow(device))}
      </ul>
      ${this.#row('link', words.link, words.linkHint)}
      ${hasKey ? this.#row('backup', words.backup, backedUp ? words.backupDone : words.backupOpen) : nothing}
      ${this.#row('archive', words.archive, words.archiveHint)}
      ${kind === 'guest' && hasKey ? this.#row('hand-over', words.handOver, words.handOverHint) : nothing}
      ${chain ? this.#row('anchor', words.anchor, words.anchorState[anchor]) : nothing}
      ${storage === 'persistent' ? this.#row('lock', words.lock, words.lockState[protection]) : nothing}`;
  }

  #deviceRow(device: OwnDevice): TemplateResult {
    const { words } = this;
    const { name, origin, addedAt, access, thisDevice } = device;
    const host = hostOf(origin);
    return html`<li>
      <div class="who">
        <p>
          <bdi>${name}</bdi> ${thisDevice ? html`<span class="badge">${words.thisDevice}</span>` : nothing}
        </p>
        <p class="small muted">
          <bdi>${words.deviceAdded(host, formatTime(this.locale, 'yearDate', addedAt))}</bdi>
        </p>
        <p class="small muted">${access === 'full' ? words.readsAll : words.readsOrigin(host)}</p>
      </div>
      <button
        class="round"
        type="button"
        aria-label=${words.manageDevice(name)}
        title=${words.manageDevice(name)}
        @click=${() => this.#start('device', device)}
      >
        ${more}
      </button>
    </li>`;
  }

  #row(flow: Flow, title: string, text: string): TemplateResult {
    return html`<button class="row" type="button" @click=${() => this.#start(flow)}>
      <span class="who"><b>${title}</b><span class="small muted">${text}</span></span>
      ${chevron}
    </button>`;
  }

  #inDialog(me: Me, snapshot: IdentitySnapshot | undefined): TemplateResult {
    const { flow, client, device, strings, words } = this;
    const identity = this.#identity.thing;
    return html`<coming-dialog label=${flow ? flowName(flow, device, words) : nothing} @close=${this.#ended}>
      ${
        flow
          ? flowView(flow, {
              client,
              identity,
              snapshot,
              me,
              status: this.status,
              device,
              strings,
              done: this.#close,
            })
          : nothing
      }
    </coming-dialog>`;
  }

  #skeleton(): TemplateResult {
    return html`<div class="bones" role="status">
      <span class="vh">${this.words.identityLoading}</span><span class="bone"></span
      ><span class="bone"></span>
    </div>`;
  }

  async #start(flow: Flow, device?: OwnDevice): Promise<void> {
    this.loadFailed = false;
    try {
      if (flow === 'archive') (await import('./define-archive.js')).defineArchive();
      else (await import('./define-flows.js')).defineFlows();
    } catch {
      this.loadFailed = true;
      return;
    }
    this.device = device;
    this.flow = flow;
    await this.updateComplete;
    await this.dialog.show();
  }

  readonly #again = (): void => this.#identity.again();

  readonly #close = (): void => this.dialog?.close();

  readonly #ended = (): void => {
    this.flow = undefined;
  };
}

/** Loads what shows balances; without it the rest of the card is all there is. */
async function showBalances(): Promise<void> {
  const loaded = await import('../pay/define-balances.js').catch(() => undefined);
  loaded?.defineBalances();
}
