/**
 * Statements that an account signs about itself: that another account continues it, and that a payment from it is somebody's.
 *
 * Each kind has a first line of its own and is read strictly: a text is a statement only if writing
 * what was read gives the same text again.
 *
 * @module
 */
import { ComingError, type SeldomErrorCode } from '../errors.js';
import { verifyAccountSignature, type AccountSigner, type SignatureScheme } from './account.js';
import {
  accountField,
  bytesField,
  readLines,
  textField,
  timeField,
  writeLines,
  type Fields,
} from './labelled-lines.js';
import { sameBytes } from './same-bytes.js';
import { decodeAddress } from './ss58.js';

/** One account hands its conversations over to another, as a guest does to the wallet account of the same person. */
export interface HandOver {
  /** 32 bytes: who is continued. */
  readonly from: Uint8Array;
  /** 32 bytes: who continues. */
  readonly to: Uint8Array;
  /** 32 bytes: the head of the first one's device log, which ends with this. */
  readonly logHead: Uint8Array;
  /** ms since 1970 */
  readonly time: number;
}

/** A payment that was asked of one account is made from another. */
export interface PaymentStatement {
  /** 16 bytes: the intent that is paid for. */
  readonly intent: Uint8Array;
  /** 32 bytes: the account that takes part in the conversation. */
  readonly payer: Uint8Array;
  /** 32 bytes: the account that the money comes from, which signs. */
  readonly payingAccount: Uint8Array;
  /** CAIP-2 name of the chain: `polkadot:` and 32 hexadecimal digits. */
  readonly chain: string;
}

/** A signature, and what it was made with. */
export interface SchemedSignature {
  readonly scheme: SignatureScheme;
  /** 64 bytes, 65 for ecdsa */
  readonly signature: Uint8Array;
}

/** A hand-over with both signatures. */
export interface SignedHandOver {
  readonly text: string;
  readonly from: SchemedSignature;
  readonly to: SchemedSignature;
}

export interface SignedPaymentStatement extends SchemedSignature {
  readonly text: string;
}

const HAND_OVER = 'Coming hand-over: one account continues the conversations of another';
const HAND_OVER_FIELDS = {
  from: accountField('From'),
  to: accountField('To'),
  logHead: bytesField('Last entry of the first device log', 32),
  time: timeField('Time'),
};
const PAYMENT = 'Coming payment statement: a payment from this account is mine';
const PAYMENT_FIELDS = {
  intent: bytesField('Payment', 16),
  payer: accountField('Payer'),
  payingAccount: accountField('Paying account'),
  chain: textField('Chain ID', (chain) => /^polkadot:[0-9a-f]{32}$/.test(chain)),
};

/** @throws ComingError `invalid-statement` when a field cannot stand in it, or an account shall continue itself */
export function writeHandOver(handOver: HandOver): string {
  if (sameBytes(handOver.from, handOver.to)) throw invalid();
  return write(HAND_OVER, HAND_OVER_FIELDS, handOver);
}

/** @throws ComingError `invalid-statement` */
export function parseHandOver(text: string): HandOver {
  return parse(text, HAND_OVER_FIELDS, writeHandOver);
}

/**
 * Has both accounts sign.
 *
 * @throws ComingError `invalid-statement`, or what a signer throws
 */
export async function signHandOver(
  { logHead, time }: Pick<HandOver, 'logHead' | 'time'>,
  from: AccountSigner,
  to: AccountSigner,
): Promise<SignedHandOver> {
  const accounts = { from: decodeAddress(from.address).account, to: decodeAddress(to.address).account };
  const text = writeHandOver({ ...accounts, logHead, time });
  const signed = { text, from: await signBy(from, text), to: await signBy(to, text) };
  await verifyHandOver(signed);
  return signed;
}

/**
 * Reads a hand-over that both accounts signed. Whether to follow it is the caller's to decide: the first one of an
 * account counts, and none does after that account's own log went on.
 *
 * @throws ComingError `invalid-statement`
 */
export async function verifyHandOver({ text, from, to }: SignedHandOver): Promise<HandOver> {
  const handOver = parseHandOver(text);
  await requireSignature(handOver.from, text, from);
  await requireSignature(handOver.to, text, to);
  return handOver;
}

/** @throws ComingError `invalid-statement` when a field cannot stand in it */
export function writePaymentStatement(statement: PaymentStatement): string {
  return write(PAYMENT, PAYMENT_FIELDS, statement);
}

/** @throws ComingError `invalid-statement` */
export function parsePaymentStatement(text: string): PaymentStatement {
  return parse(text, PAYMENT_FIELDS, writePaymentStatement);
}

/**
 * Reads a statement that the paying account signed; that intent, payer and chain are the expected ones is the caller's to check.
 *
 * @throws ComingError `invalid-statement`
 */
export async function verifyPaymentStatement(signed: SignedPaymentStatement): Promise<PaymentStatement> {
  const statement = parsePaymentStatement(signed.text);
  await requireSignature(statement.payingAccount, signed.text, signed);
  return statement;
}

function write(first: string, fields: Fields, values: object): string {
  return [first, '', ...writeLines(fields, values, invalid)].join('\n');
}

function parse<Statement>(
  text: string,
  fields: Fields,
  writeAgain: (values: Statement) => string,
): Statement {
  // Longer than any statement, and bounded before anything is done with it.
  if (text.length > 1024) throw invalid();
  try {
    const values = readLines(fields, text.split('\n').slice(2)) as Statement;
    if (writeAgain(values) === text) return values;
  } catch {
    // A line that cannot be read, or cannot stand in a statement.
  }
  throw invalid();
}

async function signBy(signer: AccountSigner, text: string): Promise<SchemedSignature> {
  return { scheme: signer.scheme, signature: await signer.signText(text) };
}

async function requireSignature(
  account: Uint8Array,
  text: string,
  { scheme, signature }: SchemedSignature,
): Promise<void> {
  if (!(await verifyAccountSignature(account, scheme, text, signature))) throw invalid();
}

function invalid(): ComingError<SeldomErrorCode> {
  return new ComingError<SeldomErrorCode>(
    'invalid-statement',
    'not a statement, or not signed by its account',
  );
}
