/**
 * One's own account, as a person looks after it: devices, backup, anchor.
 *
 * @module
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import { signal, type Signal } from '@preact/signals-core';
import { codeOf, ComingError, type SeldomErrorCode } from '../errors.js';
import {
  decodeAddress,
  headOf,
  isName,
  type AccountSigner,
  type DeviceLog,
  type GuestAccount,
  type LoggedDevice,
} from '../identity/index.js';
import type { Anchor } from '../identity/anchor.js';
import type { LogChange } from '../identity/log-changes.js';
import { sameBytes } from '../identity/same-bytes.js';
import { loaded } from '../lazy.js';
import { anchorPrice, readAnchorOf, writeAnchor } from './anchoring.js';
import { verifyOwnLog } from '../messaging/index.js';
import type { AccountsContext } from './context.js';
import { domainsWith, ownDocument } from './documents.js';
import { handOver } from './hand-over.js';
import { confirmLink, readLink } from './linking.js';
import { changeOwnLog, repairOwnLog } from './own-log.js';
import type {
  AnchorCost,
  AnchorState,
  Capability,
  DidDocument,
  Identity,
  IdentitySnapshot,
  LinkRequest,
  OwnDevice,
  WalletPayer,
} from './types.js';

export class OwnIdentity implements Identity {
  readonly #snapshot: Signal<IdentitySnapshot>;
  /** What the chain has; null when it has nothing of this account. */
  #anchored: Anchor | null | undefined;
  /** What the relay has instead, where the list forked. */
  #other: DeviceLog | undefined;

  #isClosed = false;

  private constructor(
    private readonly own: AccountsContext,
    log: DeviceLog,
  ) {
    this.#snapshot = signal(snapshotOf(own, log, anchorState(own, log, undefined)));
  }

  static async open(context: AccountsContext): Promise<OwnIdentity> {
    return new OwnIdentity(context, await context.device.log());
  }

  get snapshot(): Signal<IdentitySnapshot> {
    return this.#snapshot;
  }

  /** The account is no longer here: nothing of it is given out any more. */
  close(): void {
    this.#isClosed = true;
  }

  /** Shows what is stored; does nothing once it is closed. */
  async show(): Promise<void> {
    if (this.#isClosed) return;
    const { context } = this;
    const log = await context.device.log();
    const anchor = anchorState(context, log, this.#anchored);
    this.#snapshot.value = { ...snapshotOf(context, log, anchor), forked: this.#other !== undefined };
  }

  async refresh(): Promise<void> {
    const { device, relay } = this.context;
    const entries = await relay.readLog((await device.log()).account);
    if (entries) await this.#follow(entries);
    if (this.#isClosed) return; // it was removed
    await this.#askChain();
    await this.show();
  }

  async rename(deviceId: number, name: string, signer?: AccountSigner): Promise<void> {
    if (!isName(name)) throw refused('invalid-name');
    await this.#change(signer, deviceId, { kind: 'rename', deviceId, name });
  }

  async remove(deviceId: number, signer?: AccountSigner): Promise<void> {
    await this.#change(signer, deviceId, { kind: 'revoke', deviceId });
  }

  async grant(deviceId: number, signer?: AccountSigner): Promise<void> {
    await this.#change(signer, deviceId, { kind: 'grant', deviceId });
  }

  async repair(signer?: AccountSigner): Promise<void> {
    await this.refresh();
    if (!this.#other) throw refused('no-fork');
    const log = await repairOwnLog(this.context, signer, this.#other);
    await this.#follow(log.entries);
    await this.show();
  }

  async words(): Promise<readonly string[]> {
    const { entropy } = this.context.device.row;
    if (!entropy) throw refused('no-words');
    const { wordsOf } = await loaded(import('../identity/words.js'));
    return wordsOf(entropy);
  }

  async confirmWords(typed: string): Promise<void> {
    const words = await this.words();
    const { readWords } = await loaded(import('../identity/words.js'));
    if (readWords(typed).join(' ') !== words.join(' ')) throw refused('words-differ');
    await this.#backedUp();
  }

  async exportKey(passphrase: string): Promise<string> {
    const { device, now } = this.context;
    const guest = this.#key();
    const { writeKeystore } = await loaded(import('../identity/keystore.js'));
    const random = crypto.getRandomValues(new Uint8Array(56));
    const meta = { name: device.row.deviceName, whenCreated: now() };
    const json = await writeKeystore(guest, passphrase, meta, random);
    await this.#backedUp();
    return json;
  }

  async handOver(signer: AccountSigner): Promise<void> {
    const changes = await handOver(this.context, signer);
    await this.context.become(changes);
  }

  async anchorCost(): Promise<AnchorCost> {
    const { context } = this;
    const [chain, log] = await Promise.all([context.chain(), context.device.log()]);
    const price = await anchorPrice(chain, log.account, log.entries.at(-1)!.scheme, log.head);
    const { symbol, decimals } = context.coin!;
    return { ...price, symbol, decimals };
  }

  async anchor(payer?: WalletPayer): Promise<void> {
    const chain = await this.context.chain();
    const log = await this.context.device.log();
    const { seed } = this.context.device.row;
    if (!seed && (!payer || !sameBytes(decodeAddress(payer.address).account, log.account))) {
      throw refused('signer-needed');
    }
    const { coin } = this.context;
    const scheme = log.entries.at(-1)!.scheme;
    const { fee, deposit } = await anchorPrice(chain, log.account, scheme, log.head);
    // Else the chain would take the fee and do nothing.
    if ((await chain.balance(coin!, log.account)).usable < fee + deposit) {
      throw new ComingError('insufficient-balance', 'less is there than the deposit and the fee');
    }
    await writeAnchor(chain, log.account, seed ? { seed, account: log.account } : payer!, log.head);
    await this.#askChain();
    await this.show();
  }

  async did(): Promise<DidDocument> {
    return ownDocument(this.context);
  }

  async askDomain(domain: string): Promise<boolean> {
    const { device } = this.context;
    const { account, domains: before } = device.row;
    const domains = await domainsWith(this.context, account, domain, before);
    await device.update({ domains });
    return domains.includes(domain);
  }

  async readLink(offer: string): Promise<LinkRequest> {
    return readLink(offer, this.context.now());
  }

  async confirmLink(offer: string, access: Capability, signer?: AccountSigner): Promise<string> {
    const { answer, log } = await confirmLink(this.context, offer, access, signer);
    await this.#follow(log.entries);
    await this.show();
    return answer;
  }

  private get context(): AccountsContext {
    if (this.#isClosed) throw new ComingError('closed', 'this account is no longer here');
    return this.own;
  }

  async #change(signer: AccountSigner | undefined, deviceId: number, change: LogChange): Promise<void> {
    const log = await changeOwnLog(this.context, signer, ({ devices }) => {
      if (!devices.some(({ id }) => id === deviceId)) throw refused('unknown-device');
      return change;
    });
    await this.#follow(log.entries);
    await this.show();
  }

  async #askChain(): Promise<void> {
    if (!this.context.chainName) return;
    const { account } = await this.context.device.log();
    try {
      this.#anchored = (await readAnchorOf(await this.context.chain(), account)) ?? null;
    } catch {
      this.#anchored = undefined; // what it had may be no more
    }
  }

  /** Takes over a newer list; where this device is no longer on it, that is the end of it. */
  async #follow(entries: DeviceLog['entries']): Promise<void> {
    const { device, deviceChanged, leave } = this.context;
    this.#other = undefined;
    try {
      if ((await device.learn(entries)) === 'removed') await leave();
      else deviceChanged();
    } catch (error) {
      if (codeOf(error) !== 'own-log-refused') throw error;
      // One that the account did not sign is none to choose from.
      this.#other = await verifyOwnLog((await device.log()).account, entries);
    }
  }

  async #backedUp(): Promise<void> {
    await this.context.device.update({ backedUp: true });
    this.context.deviceChanged();
    await this.show();
  }

  #key(): GuestAccount {
    const { seed, account } = this.context.device.row;
    if (!seed) throw refused('no-key');
    return { seed, account: hexToBytes(account) };
  }
}

/** A device of a log, as callers see it. */
export function toDevice({ id, name, origin, validFrom, capability }: LoggedDevice) {
  return { id, name, origin, addedAt: validFrom, access: capability };
}

function anchorState(
  { chainName }: AccountsContext,
  { head, entries }: DeviceLog,
  anchored: Anchor | null | undefined,
): AnchorState {
  if (!chainName) return 'no-chain';
  if (!anchored) return anchored === null ? 'none' : 'unknown';
  if (sameBytes(anchored.head, head)) return 'current';
  return entries.some(({ text }) => sameBytes(headOf(text), anchored.head)) ? 'behind' : 'other';
}

function snapshotOf(
  { device }: AccountsContext,
  { devices }: DeviceLog,
  anchor: AnchorState,
): IdentitySnapshot {
  const { kind, seed, entropy, backedUp, deviceId } = device.row;
  return {
    kind,
    devices: devices.map((one): OwnDevice => ({ ...toDevice(one), thisDevice: one.id === deviceId })),
    anchor,
    hasKey: seed !== undefined,
    hasWords: entropy !== undefined,
    backedUp,
    forked: false,
  };
}

function refused(code: SeldomErrorCode): ComingError<SeldomErrorCode> {
  return new ComingError<SeldomErrorCode>(code, 'not with this account as it is here');
}
