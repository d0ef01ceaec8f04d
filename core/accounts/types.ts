/**
 * One's own identity and the people one knows, as callers see them: plain data that can be structurally cloned.
 *
 * @module
 */
import type { ErrorCode } from '../errors.js';
import type { AccountSigner } from '../identity/account.js';
import type { ContactStatus } from '../identity/anchor.js';
import type { Capability } from '../identity/device-log.js';
import type { DidDocument } from '../identity/did.js';
import type { Watchable } from '../transport/index.js';
import type { WalletPayer } from '../ledger/chain.js';

export type { Capability, ContactStatus, DidDocument, WalletPayer };

/** A guest's account from somewhere else. */
export type GuestSecret =
  /** 12 to 24 words, in any case and with any white space between them. */
  | { readonly kind: 'words'; readonly words: string }
  /** The file that {@link Identity.exportKey} or polkadot{.js} wrote. */
  | { readonly kind: 'keystore'; readonly json: string; readonly passphrase: string };

/** A device of one's own account. */
export interface OwnDevice {
  /** 1..127 */
  readonly id: number;
  readonly name: string;
  /** Web origin whose pages run it, or `app:<name>`. */
  readonly origin: string;
  /** ms since 1970, as the device said. */
  readonly addedAt: number;
  /** What it may receive: conversations of its own origin, or all. */
  readonly access: Capability;
  readonly thisDevice: boolean;
}

/** What the chain says of one's own list of devices. */
export type AnchorState =
  | 'none' // the chain has nothing of this account
  | 'current' // the chain has the list as it is
  | 'behind' // the list went on since
  | 'other' // the chain has something that is not in the list: look at it before anything else
  | 'unknown' // not asked yet, or the chain cannot be reached
  | 'no-chain'; // this client was given none

export interface IdentitySnapshot {
  readonly kind: 'guest' | 'wallet';
  /** As the account's log has them; in the order in which they were added. */
  readonly devices: readonly OwnDevice[];
  readonly anchor: AnchorState;
  /** The account's key is here: nobody is asked to sign, and it can be exported. False for wallets and linked devices. */
  readonly hasKey: boolean;
  /** The key was made of words that can be shown; false for one that came from a file. */
  readonly hasWords: boolean;
  /** The words were written down, or the key came from or went into a file. Always true where the key is not here. */
  readonly backedUp: boolean;
  /**
   * The relay has a list that contradicts the one that is known here: two devices changed it at two relays, or somebody
   * lies. Look at the devices; {@link Identity.repair} makes the list that is shown here the one that counts.
   */
  readonly forked: boolean;
}

/** What writing the anchor costs, in base units of the chain's own coin. */
export interface AnchorCost {
  readonly fee: bigint;
  /** Held back by the chain as long as the registration stands; 0 when it is paid already. */
  readonly deposit: bigint;
  readonly symbol: string;
  readonly decimals: number;
}

/** A device that asks to be linked, as both screens show it. */
export interface LinkRequest {
  readonly name: string;
  readonly origin: string;
  /** Twelve digits that must be the same on both screens. */
  readonly code: string;
  /** ms since 1970; nothing is linked after that. */
  readonly expires: number;
}

/** What the new device shows. */
export interface LinkOffer extends LinkRequest {
  /** To be shown as a QR code and to be copied; holds a key for one use, so show it to nobody else. */
  readonly text: string;
}

/**
 * One's own account. Whatever changes the list of devices is signed by the account: of a guest's at once, of a wallet's
 * by the `signer` that is given, which asks the person. Without one where one is needed: `signer-needed`.
 *
 * Every method also throws `not-ready`, `relay-unreachable`, `rate-limited`, `relay-refused`, and `not-loaded`: code
 * that could not be loaded, try again or reload the page. Once the account is no longer here (signed out, erased, handed
 * over, removed, or the client was closed) every method throws `closed`.
 */
export interface Identity {
  readonly snapshot: Watchable<IdentitySnapshot>;
  /** Asks the relay for the list, and the chain for the anchor, anew. A chain that cannot be reached is no error. */
  refresh(): Promise<void>;
  /** @throws `invalid-name` (1 to 64 characters, no control characters), `unknown-device`, `signer-needed`, `wallet-refused` */
  rename(deviceId: number, name: string, signer?: AccountSigner): Promise<void>;
  /**
   * Ends a device for good. Of this device it signs out and erases everything, a guest's key included: say so before,
   * and that without words or a file the account is lost.
   *
   * @throws `unknown-device`, `signer-needed`, `wallet-refused`
   */
  remove(deviceId: number, signer?: AccountSigner): Promise<void>;
  /**
   * Gives a device full access. This device must have it, unless no device of the account has.
   *
   * @throws `needs-full-device` (do it on a device that has full access), `unknown-device`, `too-many-devices`,
   *   `signer-needed`, `wallet-refused`
   */
  grant(deviceId: number, signer?: AccountSigner): Promise<void>;

  /**
   * Says that the list as it is shown here counts, and not the one that the relay has. Devices that are only on that one
   * have to be added again. @throws `no-fork`, `signer-needed`, `wallet-refused`
   */
  repair(signer?: AccountSigner): Promise<void>;

  /** The words that the account's key is made of. @throws `no-words` */
  words(): Promise<readonly string[]>;
  /**
   * Checks what the person wrote down, all words in order, and notes that they have them.
   *
   * @throws `words-differ`: they are not those of this account; `no-words`
   */
  confirmWords(words: string): Promise<void>;
  /** A file for the account's key, encrypted; polkadot{.js} reads it too. @throws `weak-passphrase`, `no-key` */
  exportKey(passphrase: string): Promise<string>;
  /**
   * Goes on as a wallet account: both accounts sign a statement, every contact is sent it, and this device becomes a
   * device of the wallet's account. Resolves when all that is done; needs the relay throughout. The wallet is asked twice.
   * Contacts that cannot be told at this moment are not: they find nobody any more under the guest's Coming ID.
   * This object is over then: open the identity anew.
   *
   * @throws `no-key` (only a guest whose key is here can), `own-account`, `wallet-refused`
   */
  handOver(signer: AccountSigner): Promise<void>;

  /** What {@link anchor} would cost now. @throws `no-chain`, `chain-unreachable`, `nodes-disagree`, `chain-unsupported` */
  anchorCost(): Promise<AnchorCost>;
  /**
   * Writes the head of the list into the account's registration on the chain; whatever else is registered there stays.
   * Resolves when a final block has it.
   *
   * @param payer - The wallet's account; a guest whose key is here pays by itself.
   * @throws as {@link anchorCost}; `insufficient-fee-balance`, `insufficient-balance` (for the deposit),
   *   `malformed-registration`, `signer-needed`, `wallet-refused`, `wallet-signed-other`, `transfer-failed`,
   *   `transfer-expired`, `transfer-refused`
   */
  anchor(payer?: WalletPayer): Promise<void>;

  /** The public document of the account; `alsoKnownAs` has the domains of {@link askDomain}. @throws `no-chain` */
  did(): Promise<DidDocument>;
  /**
   * Asks a domain whether it is this account's; true when its `/.well-known/did.json` says so, and then {@link did} names
   * it, until it is asked again in vain. @throws `no-chain`
   */
  askDomain(domain: string): Promise<boolean>;

  /** What a text that another device shows asks for. @throws `malformed-link`, `link-expired` */
  readLink(offer: string): Promise<LinkRequest>;
  /**
   * Adds the device that shows this text, and returns the answer, a text for that device to read. It says which account;
   * it is no secret, and good for that device alone. The same offer, confirmed in the same way once more, is only answered
   * once more: nothing is added, and nobody is asked to sign.
   *
   * @param access - `full` only where this device has full access itself, or no device has.
   * @throws `malformed-link`, `link-expired`, `other-relay`, `needs-full-device`, `too-many-devices`, `signer-needed`, `wallet-refused`
   */
  confirmLink(offer: string, access: Capability, signer?: AccountSigner): Promise<string>;
}

/** A person, as this device knows them. */
export interface ContactSnapshot {
  /** Coming ID. */
  readonly peer: string;
  /** A name that only the person’s own devices know; empty when none was given. */
  readonly petname: string;
  /** What they say of themselves, which nobody checked; empty while they said nothing. */
  readonly profileName: string;
  /** Names their picture; undefined when they have none. */
  readonly picture: number | undefined;
  /** What the person noted about them; stays on the person's own devices. */
  readonly note: string;
  /** Undefined while it is not known: the relay was never asked, or has nothing of this account. */
  readonly status: ContactStatus | undefined;
  /** Devices, oldest first. */
  readonly devices: readonly Omit<OwnDevice, 'thisDevice'>[];
  /** Devices that came since the person last looked at them here ({@link Contact.noticed}): a quiet notice. */
  readonly newDevices: readonly number[];
  /** Domains that say that they are this person's, e.g. `ada.example`; none until {@link Contact.askDomain}. */
  readonly domains: readonly string[];
  readonly blocked: boolean;
  /** 60 digits, the same on both sides; undefined until it is computed. */
  readonly safetyNumber: string | undefined;
  /** What to show as a QR code for the other's {@link Contact.scan}; undefined until it is computed. */
  readonly qr: string | undefined;
  /** Whether the chain was asked; `unreachable`: it was, in vain. Chat goes on all the same. */
  readonly chain: 'asked' | 'asking' | 'unreachable' | 'no-chain';
  /** Why what the relay said of this account last was not believed; undefined where it was, or the relay said nothing. */
  readonly problem: ErrorCode | undefined;
}

export interface Contact {
  readonly snapshot: Watchable<ContactSnapshot>;
  /** Asks relay and chain anew. @throws `relay-unreachable`, `rate-limited`, `relay-refused` */
  refresh(): Promise<void>;
  /** The person says that the safety numbers are the same. @throws `contact-changed` while the status is `changed` */
  compare(): Promise<void>;
  /**
   * Holds what a camera read against what is known here; the same counts as compared.
   *
   * @throws `malformed-scan` (not a Coming safety code), `scan-differs` (another account than this one, or for somebody
   *   else's eyes), `scan-log-differs` (the right account, but another list of its devices: somebody shows two different lists)
   */
  scan(text: string): Promise<void>;
  /** Takes back that it was compared. */
  forgetComparison(): Promise<void>;
  /** The new devices were shown. */
  noticed(): Promise<void>;
  /** Notes something about them; empty to remove it. At most 2,000 characters. */
  setNote(note: string): Promise<void>;
  /** Nothing they write is shown or answered, and nothing is sent to them. */
  block(): Promise<void>;
  unblock(): Promise<void>;
  /**
   * The person goes on although the list of devices changed in a way that it should not: the list that the relay has
   * now is believed from here on, and a comparison no longer counts. Sending works again.
   */
  acceptChange(): Promise<void>;
  /**
   * Asks a domain whether it is this person's; true when its `/.well-known/did.json` says so. Asks that site, which sees
   * it: only when the person wants it. @throws `no-chain`
   */
  askDomain(domain: string): Promise<boolean>;
  /** Their DID document, as {@link ComingClient.resolveDid}. */
  did(): Promise<DidDocument>;
  close(): void;
}
