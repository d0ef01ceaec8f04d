/**
 * Messages as tables of their fields: the tables of proto/gen say what there is, this file how it is read and written.
 *
 * Fields that a table does not name are dropped, so that what a peer adds ends up nowhere.
 *
 * @module
 */
import { Reader, SIZED, VARINT } from './reader.js';
import { Writer } from './writer.js';

/** How values of one type stand on the wire. */
export interface Kind {
  readonly wireType: typeof VARINT | typeof SIZED;
  /** What 0 or empty is here, for kinds that have it. */
  readonly zero?: unknown;
  /** Reads a value behind its tag; a message that comes twice adds to the `former` one. */
  read(reader: Reader, former?: unknown): unknown;
  write(writer: Writer, value: never): void;
}

/** A field's number and kind; its label, unless absent is the same as 0 or empty; the `oneof` that it is one of. */
export type Field = readonly [number: number, kind: Kind, label?: string, oneof?: string];

export interface Codec<Input, Output> {
  encode(message: Input): { finish(): Uint8Array<ArrayBuffer> };
  /** @throws RangeError, TypeError when the bytes are no such message */
  decode(bytes: Uint8Array): Output;
}

/** Any number of values. */
export const REPEATED = '*';
/** Null when absent. */
export const OPTIONAL = '?';
/** 0 or empty when absent, which is told apart only by whether the field is the message's own (proto2). */
export const PRESENT = '!';

export const uint32: Kind = {
  wireType: VARINT,
  zero: 0,
  read: (reader) => reader.uint32(),
  write: (writer, value) => writer.uint32(value),
};

/** Numbers that a file does not name are kept. */
export const enumeration: Kind = { ...uint32, read: (reader) => reader.uint32() | 0 };

export const bool: Kind = {
  wireType: VARINT,
  zero: false,
  read: (reader) => reader.uint64() !== 0n,
  write: (writer, value) => writer.uint32(Number(value)),
};

export const uint64: Kind = {
  wireType: VARINT,
  zero: 0n,
  read: (reader) => reader.uint64(),
  write: (writer, value) => writer.uint64(value),
};

export const bytes: Kind = {
  wireType: SIZED,
  zero: new Uint8Array(),
  read: (reader) => reader.bytes(),
  write: (writer, value) => writer.bytes(value),
};

export const string: Kind = {
  wireType: SIZED,
  zero: '',
  read: (reader) => reader.string(),
  write: (writer, value) => writer.string(value),
};

type Message = Record<string, unknown>;

/** A row of a table as it is worked with. */
interface Row {
  readonly name: string;
  readonly number: number;
  readonly kind: Kind;
  readonly label: string | undefined;
  readonly oneof: string | undefined;
}

/** A message is a kind, too: it stands in other messages. */
class MessageCodec implements Kind {
  readonly wireType = SIZED;
  readonly #rows: Row[];
  readonly #byNumber: (Row | undefined)[] = [];
  /** Makes a message that inherits what its absent fields read as. */
  readonly #Empty = function () {} as unknown as new () => Message;
  readonly #lists: string[] = [];

  constructor(table: Readonly<Record<string, Field>>) {
    const absent = this.#Empty.prototype as Message;
    this.#rows = Object.entries(table).map(([name, [number, kind, label, oneof]]) => {
      absent[name] = label === undefined || label === PRESENT ? kind.zero : null;
      if (label === REPEATED) this.#lists.push(name);
      return (this.#byNumber[number] = { name, number, kind, label, oneof });
    });
  }

  encode(message: object): Writer {
    const writer = new Writer();
    this.#write(writer, message as Message);
    return writer;
  }

  decode(encoded: Uint8Array): Message {
    return this.#read(new Reader(encoded), this.#empty());
  }

  read(reader: Reader, former: unknown): Message {
    const outer = reader.enter();
    const message = this.#read(reader, (former as Message | null) ?? this.#empty());
    reader.leave(outer);
    return message;
  }

  write(writer: Writer, message: object): void {
    const before = writer.length;
    this.#write(writer, message as Message);
    writer.size(before);
  }

  #empty(): Message {
    const message = new this.#Empty();
    for (const name of this.#lists) message[name] = [];
    return message;
  }

  #read(reader: Reader, message: Message): Message {
    while (reader.more) {
      const tag = reader.tag();
      const row = this.#byNumber[tag >>> 3];
      const wireType = tag & 7;
      if (row?.kind.wireType === wireType) take(reader, message, row);
      else if (row?.label === REPEATED && wireType === SIZED) {
        const outer = reader.enter();
        while (reader.more) take(reader, message, row);
        reader.leave(outer);
      } else reader.skip(tag);
    }
    return message;
  }

  #write(writer: Writer, message: Message): void {
    for (let i = this.#rows.length - 1; i >= 0; i -= 1) {
      const row = this.#rows[i]!;
      const value = Object.hasOwn(message, row.name) ? message[row.name] : null;
      if (value == null) continue;
      if (row.label === REPEATED) writeAll(writer, row, value as never[]);
      else if (row.label !== undefined || !isZero(value)) {
        row.kind.write(writer, value as never);
        writer.tag(row.number, row.kind.wireType);
      }
    }
  }
}

/** Reads one value of a field into a message. */
function take(reader: Reader, message: Message, { name, kind, label, oneof }: Row): void {
  if (label === REPEATED) {
    (message[name] as unknown[]).push(kind.read(reader));
    return;
  }
  const value = kind.read(reader, label === OPTIONAL ? message[name] : undefined);
  if (label === undefined && isZero(value)) Reflect.deleteProperty(message, name);
  else message[name] = value;
  if (oneof === undefined) return;
  // The last of them that stands is the one.
  const former = message[oneof] as string | undefined;
  if (former !== undefined && former !== name) Reflect.deleteProperty(message, former);
  message[oneof] = name;
}

function writeAll(writer: Writer, { number, kind }: Row, values: readonly never[]): void {
  const isPacked = kind.wireType === VARINT;
  const before = writer.length;
  for (let i = values.length - 1; i >= 0; i -= 1) {
    kind.write(writer, values[i]!);
    if (!isPacked) writer.tag(number, SIZED);
  }
  if (!isPacked || values.length === 0) return;
  writer.size(before);
  writer.tag(number, SIZED);
}

/** Whether a number is 0, a truth false, or a text or bytes empty. */
function isZero(value: unknown): boolean {
  return !((value as { length?: number }).length ?? value);
}

/** What reads and writes the messages of a table. */
export function message<Input extends object, Output>(
  table: Readonly<Record<string, Field>>,
): Codec<Input, Output> & Kind {
  return new MessageCodec(table) as MessageCodec & Codec<Input, Output>;
}
