/**
 * Opens what a person does with their own account and with the people they know, when they first do.
 *
 * @module
 */
import type { AccountsContext } from '../accounts/context.js';
import type { KnownContact, OwnIdentity } from '../accounts/index.js';
import type { Contact, DidDocument, Identity } from '../client.js';
import { ComingError } from '../errors.js';
import { loaded } from '../lazy.js';
import type { AccountHex } from '../store/index.js';

export type { PendingLink } from '../accounts/index.js';

/** @throws ComingError `not-loaded` */
export const loadAccounts = () => loaded(import('../accounts/index.js'));

/** @throws ComingError `not-loaded` */
export const loadEnrolment = () => loaded(import('../accounts/enrolment.js'));

export class Accounts {
  #identity: Promise<OwnIdentity> | undefined;
  readonly #contacts = new Set<KnownContact>();
  #isClosed = false;

  constructor(private readonly context: AccountsContext & { readonly failed: (error: unknown) => void }) {}

  async identity(): Promise<Identity> {
    const { OwnIdentity } = await loadAccounts();
    if (this.#isClosed) throw new ComingError('closed', 'this account is no longer here');
    return (this.#identity ??= OwnIdentity.open(this.context));
  }

  /** @throws ComingError `own-account`, `not-loaded` */
  async contact(account: AccountHex): Promise<Contact> {
    if (account === this.context.device.row.account) {
      throw new ComingError('own-account', 'this is the account of this device');
    }
    const { KnownContact } = await loadAccounts();
    const contact = await KnownContact.open(account, this.context, (closed) => this.#contacts.delete(closed));
    this.#contacts.add(contact);
    return contact;
  }

  /** @throws ComingError as `ComingClient.resolveDid` */
  async resolveDid(did: string): Promise<DidDocument> {
    const { resolveDid } = await loadAccounts();
    return resolveDid(this.context, did);
  }

  /** The account's own list went on. */
  show(): void {
    this.#identity?.then((identity) => identity.show()).catch(this.context.failed);
    for (const contact of this.#contacts) contact.show().catch(this.context.failed);
  }

  /** Something of a peer was stored. */
  changed(peer: AccountHex): void {
    for (const contact of this.#contacts) {
      if (contact.account === peer) contact.show().catch(this.context.failed);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#identity?.then((identity) => identity.close()).catch(() => undefined);
    for (const contact of [...this.#contacts]) contact.close();
  }
}
