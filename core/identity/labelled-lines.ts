/**
 * Texts of one `Label: value` line per fact, as the texts that accounts sign are made of.
 *
 * Reading takes what it finds; whoever reads writes it again and compares, so that every text has
 * one way to be written. A field that cannot be read may throw anything.
 *
 * @module
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { encodeAddress, parseComingId } from './ss58.js';

/** One line's label, and its value to and from text. */
export interface Field<Value> {
  readonly label: string;
  readonly isValid: (value: Value) => boolean;
  readonly write: (value: Value) => string;
  readonly read: (text: string) => Value;
}

/** Fields by the name of their value, in the order of their lines. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each field has a type of its own
export type Fields = Readonly<Record<string, Field<any>>>;

export const field = <Value>(
  label: string,
  isValid: (value: Value) => boolean,
  write: (value: Value) => string,
  read: (text: string) => Value,
): Field<Value> => ({ label, isValid, write, read });

export const textField = (label: string, isValid: (value: string) => boolean) =>
  field<string>(label, isValid, String, String);

export const numberField = (label: string, min: number, max: number) =>
  field<number>(label, (value) => Number.isInteger(value) && value >= min && value <= max, String, Number);

/** Bytes as lower-case hexadecimal. */
export const bytesField = (label: string, length: number) =>
  field<Uint8Array>(label, (value) => value.length === length, bytesToHex, hexToBytes);

/** A 32-byte account key as its Coming ID. */
export const accountField = (label: string) =>
  field<Uint8Array>(label, (value) => value.length === 32, encodeAddress, parseComingId);

/** ms since 1970, as ISO 8601 in UTC with four-digit years. */
export const timeField = (label: string) =>
  field<number>(
    label,
    (value) => Number.isInteger(value) && value >= 0 && value < Date.UTC(10000, 0),
    (value) => new Date(value).toISOString(),
    Date.parse,
  );

/** `none` for undefined. */
export const optionalField = <Value>({
  label,
  isValid,
  write,
  read,
}: Field<Value>): Field<Value | undefined> => ({
  label,
  isValid: (value) => value === undefined || isValid(value),
  write: (value) => (value === undefined ? 'none' : write(value)),
  read: (text) => (text === 'none' ? undefined : read(text)),
});

/**
 * The lines of some values.
 *
 * @throws what `refuse` makes of the label of a value that cannot stand in its line
 */
export function writeLines(fields: Fields, values: object, refuse: (label: string) => Error): string[] {
  return Object.entries(fields).map(([name, { label, isValid, write }]) => {
    const value: unknown = (values as Record<string, unknown>)[name];
    if (!isValid(value)) throw refuse(label);
    return `${label}: ${write(value)}`;
  });
}

/** The values of some lines, not yet judged. */
export function readLines(fields: Fields, lines: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, { label, read }], i) => [
      name,
      read(lines[i]!.slice(label.length + 2)),
    ]),
  );
}
