/**
 * Somebody whom this person knows: how sure it is that it is them, and what the person decided about them.
 *
 * @module
 */
import { signal, type Signal } from '@preact/signals-core';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { codeOf, ComingError, type ErrorCode, type SeldomErrorCode } from '../errors.js';
import { contactStatus, type Anchor, type ContactStatus } from '../identity/anchor.js';
import { encodeAddress, headOf, verifyLog, type DeviceLog } from '../identity/index.js';
import { Refresher } from '../refresher.js';
import type { AccountHex, PersonRow } from '../store/index.js';
import { anchorThatCounts, readAnchorOf } from './anchoring.js';
import type { AccountsContext } from './context.js';
import { documentOf, domainsWith } from './documents.js';
import { toDevice } from './own-identity.js';
import { hasHead, readSafetyCode, safetyNumberOf, writeSafetyCode } from './safety.js';
import type { Contact, ContactSnapshot, DidDocument } from './types.js';

/** An answer of the relay that is not true, or none. */
const REFUSED: ReadonlySet<ErrorCode> = new Set(['invalid-log-entry', 'too-many-devices', 'relay-refused']);
/** What asking the relay came to, where the status says it. */
const SHOWN: ReadonlySet<ErrorCode> = new Set([
  'device-log-forked',
  'device-log-stepped-back',
  'unknown-account',
]);

export class KnownContact implements Contact {
  readonly #snapshot: Signal<ContactSnapshot>;
  readonly #refresher = new Refresher(() => this.#read());
  /** What the chain says; null when it has nothing of this account. */
  #anchor: Anchor | null | undefined;
  #chain: ContactSnapshot['chain'];
  /** Why the relay's last answer was not believed. */
  #refused: ErrorCode | undefined;

  private constructor(
    readonly account: AccountHex,
    private readonly context: AccountsContext,
    private readonly closed: (contact: KnownContact) => void,
  ) {
    this.#chain = context.chainName ? 'asking' : 'no-chain';
    this.#snapshot = signal({
      peer: encodeAddress(hexToBytes(account)),
      petname: '',
      profileName: '',
      picture: undefined,
      note: '',
      status: undefined,
      devices: [],
      newDevices: [],
      domains: [],
      blocked: false,
      safetyNumber: undefined,
      qr: undefined,
      chain: this.#chain,
      problem: undefined,
    });
  }

  /** Shows what is known here, and asks relay and chain in the background. */
  static async open(
    account: AccountHex,
    context: AccountsContext,
    closed: (contact: KnownContact) => void,
  ): Promise<KnownContact> {
    const contact = new KnownContact(account, context, closed);
    await contact.show();
    contact.refresh().catch(() => undefined); // what is known is shown
    return contact;
  }

  get snapshot(): Signal<ContactSnapshot> {
    return this.#snapshot;
  }

  /** Reads anew what is stored. */
  show(): Promise<void> {
    return this.#refresher.refresh();
  }

  async refresh(): Promise<void> {
    const { directory } = this.context.messaging;
    const [asked] = await Promise.allSettled([directory.refresh(this.account), this.#askChain()]);
    const problem = asked.status === 'rejected' ? codeOf(asked.reason) : undefined;
    this.#refused = problem && REFUSED.has(problem) ? problem : undefined;
    await this.#holdAgainstChain();
    this.context.changed(this.account);
    await this.show();
    if (asked.status === 'rejected' && !SHOWN.has(codeOf(asked.reason))) throw asked.reason;
  }

  async compare(): Promise<void> {
    await this.#compared();
  }

  async scan(text: string): Promise<void> {
    const code = readSafetyCode(text);
    const { device, messaging } = this.context;
    if (code.account !== this.account || code.peer !== device.row.account) throw refused('scan-differs');
    const own = (await device.log()).entries.map((entry) => headOf(entry.text));
    // What they were shown of this account, and what this device was shown of theirs, must be a state of the true list.
    if (code.peerHead !== undefined && !hasHead(own, code.peerHead)) throw refused('scan-log-differs');
    const isKnown = ({ entries }: DeviceLog) =>
      hasHead(
        entries.map((entry) => headOf(entry.text)),
        code.head,
      );
    const known = await messaging.directory.find(this.account);
    if (!isKnown(known) && !isKnown(await messaging.directory.refresh(this.account))) {
      throw refused('scan-log-differs');
    }
    await this.#compared();
  }

  async forgetComparison(): Promise<void> {
    await this.#decide({ compared: undefined });
  }

  async noticed(): Promise<void> {
    const person = await this.#person();
    if (person) await this.#decide({ noticed: person.log.length });
  }

  async setNote(note: string): Promise<void> {
    await (await this.context.messaging.actions()).setNote(this.account, note);
    await this.#changed();
  }

  async block(): Promise<void> {
    await this.#block(true);
  }

  async unblock(): Promise<void> {
    await this.#block(false);
  }

  async acceptChange(): Promise<void> {
    const log = await this.context.messaging.directory.accept(this.account);
    const anchor = this.#anchor ?? undefined;
    const isDoubted = contactStatus({ log, anchor }).status === 'changed';
    await this.#decide({ anchorIgnored: isDoubted ? anchor!.head : undefined });
  }

  async askDomain(domain: string): Promise<boolean> {
    const before = (await this.#person())?.domains;
    const domains = await domainsWith(this.context, this.account, domain, before);
    await this.#decide({ domains });
    return domains.includes(domain);
  }

  did(): Promise<DidDocument> {
    return documentOf(this.context, this.account);
  }

  close(): void {
    this.#refresher.stop();
    this.closed(this);
  }

  async #compared(): Promise<void> {
    const { directory } = this.context.messaging;
    const log = await directory.find(this.account);
    await this.show();
    if (this.#snapshot.value.status === 'changed') throw refused('contact-changed');
    await this.#decide({ compared: log.entries });
  }

  async #decide(change: Partial<PersonRow>): Promise<void> {
    await this.context.messaging.directory.update(this.account, change);
    await this.#changed();
  }

  async #block(blocked: boolean): Promise<void> {
    await (await this.context.messaging.actions()).setBlocked(this.account, blocked);
    await this.#changed();
  }

  async #changed(): Promise<void> {
    this.context.changed(this.account);
    await this.show();
  }

  async #askChain(): Promise<void> {
    if (this.#chain === 'no-chain') return;
    try {
      this.#anchor = (await readAnchorOf(await this.context.chain(), hexToBytes(this.account))) ?? null;
      this.#chain = 'asked';
    } catch {
      this.#chain = 'unreachable';
    }
  }

  /** The chain contradicts the list, which was just asked for anew: nothing is sent until the person decides. */
  async #holdAgainstChain(): Promise<void> {
    const person = await this.#person();
    const log = await this.#logOf(person);
    const anchor = this.#anchorFor(person);
    if (!person || !log || !anchor || person.changed) return;
    if (contactStatus({ log, anchor }).status !== 'changed') return;
    await this.context.messaging.directory.update(this.account, { changed: 'device-log-stepped-back' });
  }

  async #read(): Promise<void> {
    const { db, device } = this.context;
    const person = await this.#person();
    const log = await this.#logOf(person);
    const conversation = await db.get('conversations', this.account);
    const profile = await db.get('profiles', this.account);
    const own = await device.log();
    const { noticed = 0, domains = [], blocked = false, note = '' } = person ?? {};
    const known = this.#snapshot.value;
    this.#snapshot.value = {
      ...known,
      petname: conversation?.petname ?? '',
      profileName: profile?.name ?? '',
      picture: profile?.picture && profile.version,
      note,
      status: log && (await this.#status(person!, log)),
      devices: log?.devices.map(toDevice) ?? [],
      newDevices: log?.devices.filter(({ since }) => since >= noticed).map(({ id }) => id) ?? [],
      domains,
      blocked,
      safetyNumber: known.safetyNumber ?? safetyNumberOf(device.row.account, this.account),
      qr: writeSafetyCode({
        account: device.row.account,
        peer: this.account,
        head: bytesToHex(own.head),
        peerHead: log && bytesToHex(log.head),
      }),
      chain: this.#chain,
      problem: this.#refused,
    };
  }

  async #status(person: PersonRow, log: DeviceLog): Promise<ContactStatus> {
    if (person.changed) return 'changed';
    const { account } = log;
    const compared = person.compared && { account, log: await verifyLog(account, person.compared) };
    return contactStatus({ log, anchor: this.#anchorFor(person), compared }).status;
  }

  #anchorFor(person: PersonRow | undefined): Anchor | undefined {
    return anchorThatCounts(person, this.#anchor ?? undefined);
  }

  async #logOf(person: PersonRow | undefined): Promise<DeviceLog | undefined> {
    return person?.log.length ? this.context.messaging.directory.find(this.account) : undefined;
  }

  #person(): Promise<PersonRow | undefined> {
    return this.context.db.get('people', this.account);
  }
}

function refused(code: SeldomErrorCode): ComingError<SeldomErrorCode> {
  return new ComingError<SeldomErrorCode>(code, 'two accounts were not compared');
}
