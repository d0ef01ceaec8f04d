/**
 * What can be done about one's own account, each in the dialog of its card.
 *
 * @module
 */
import { html, type TemplateResult } from 'lit';
import type {
  ClientStatus,
  ComingClient,
  Identity,
  IdentitySnapshot,
  Me,
  OwnDevice,
} from '../../core/client.js';
import type { StringOverrides } from '../locales/en.js';
import type { IdentityWords } from '../locales/en-identity.js';

/** What the dialog is about. */
export type Flow =
  | 'qr'
  | 'profile'
  | 'device'
  | 'link'
  | 'backup'
  | 'archive'
  | 'hand-over'
  | 'anchor'
  | 'repair'
  | 'lock'
  | 'erase';

/** What it is done to. */
export interface Account {
  readonly client: ComingClient | undefined;
  readonly identity: Identity | undefined;
  readonly snapshot: IdentitySnapshot | undefined;
  readonly me: Me;
  readonly status: ClientStatus | undefined;
  /** The device that was chosen, for `device`. */
  readonly device: OwnDevice | undefined;
  readonly strings: StringOverrides | undefined;
  readonly done: () => void;
}

/** What the dialog is called. */
export function flowName(flow: Flow, device: OwnDevice | undefined, words: IdentityWords): string {
  const names: Record<Flow, string> = {
    qr: words.qrTitle,
    profile: words.profile,
    device: device?.name ?? '',
    link: words.linkTitle,
    backup: words.backup,
    archive: words.archive,
    'hand-over': words.handOverTitle,
    anchor: words.anchorTitle,
    repair: words.repairTitle,
    lock: words.lock,
    erase: words.eraseTitle,
  };
  return names[flow];
}

/** The dialog’s content; it ends by itself. */
export function flowView(flow: Flow, account: Account): TemplateResult {
  const { client, identity, snapshot, me, status, device, strings, done } = account;
  switch (flow) {
    case 'qr':
      return html`<coming-own-code .me=${me} .strings=${strings} @done=${done}></coming-own-code>`;
    case 'profile':
      return html`<coming-profile-flow
        .client=${client}
        .me=${me}
        .strings=${strings}
        @done=${done}
      ></coming-profile-flow>`;
    case 'device':
      return html`<coming-device-flow
        .identity=${identity}
        .snapshot=${snapshot}
        .me=${me}
        .device=${device}
        .strings=${strings}
        @done=${done}
      ></coming-device-flow>`;
    case 'link':
      return html`<coming-link-flow
        .identity=${identity}
        .snapshot=${snapshot}
        .me=${me}
        .strings=${strings}
        @done=${done}
      ></coming-link-flow>`;
    case 'backup':
      return html`<coming-backup-flow
        .identity=${identity}
        .snapshot=${snapshot}
        .me=${me}
        .strings=${strings}
        @done=${done}
      ></coming-backup-flow>`;
    case 'archive':
      return html`<coming-archive-flow
        .client=${client}
        .identity=${identity}
        .me=${me}
        .strings=${strings}
        @done=${done}
      ></coming-archive-flow>`;
    case 'hand-over':
      return html`<coming-hand-over-flow
        .identity=${identity}
        .snapshot=${snapshot}
        .me=${me}
        .strings=${strings}
        @done=${done}
      ></coming-hand-over-flow>`;
    case 'anchor':
      return html`<coming-anchor-flow
        .identity=${identity}
        .snapshot=${snapshot}
        .me=${me}
        .strings=${strings}
        @done=${done}
      ></coming-anchor-flow>`;
    case 'repair':
      return html`<coming-repair-flow
        .identity=${identity}
        .snapshot=${snapshot}
        .me=${me}
        .strings=${strings}
        @done=${done}
      ></coming-repair-flow>`;
    case 'lock':
      return html`<coming-lock-flow
        .client=${client}
        .me=${me}
        .status=${status}
        .strings=${strings}
        @done=${done}
      ></coming-lock-flow>`;
    case 'erase':
      return html`<coming-erase-flow
        .client=${client}
        .snapshot=${snapshot}
        .me=${me}
        .strings=${strings}
        @done=${done}
      ></coming-erase-flow>`;
  }
}
