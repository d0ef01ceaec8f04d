/**
 * Shapes of plain data, each of which writes itself as JSON and reads it back strictly.
 *
 * What JSON lacks stands as text: bytes in hexadecimal, whole numbers without limit in decimal. A field that is undefined is left out.
 *
 * @module
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

export interface Shape<T> {
  write(value: T): unknown;
  /** @throws TypeError for anything but what `write` makes */
  read(json: unknown): T;
}

/** One shape per field, whether the field may be missing or not. */
type Fields<T> = { readonly [F in keyof Required<T>]: Shape<T[F]> };

function plain<T>(isRight: (json: unknown) => boolean): Shape<T> {
  return {
    write: (value) => value,
    read: (json) => {
      if (!isRight(json)) throw new TypeError('not of this shape');
      return json as T;
    },
  };
}

export const flag = plain<boolean>((json) => typeof json === 'boolean');
export const count = plain<number>((json) => Number.isSafeInteger(json) && (json as number) >= 0);
/** ms since 1970, or another finite number. */
export const number = plain<number>((json) => Number.isFinite(json));

export function text<T extends string>(pattern: RegExp): Shape<T> {
  return plain<T>((json) => typeof json === 'string' && pattern.test(json));
}

/** A text of at most so many UTF-16 units. */
export function anyText(max: number): Shape<string> {
  return plain<string>((json) => typeof json === 'string' && json.length <= max);
}

export function oneOf<T extends string>(...values: readonly T[]): Shape<T> {
  return plain<T>((json) => values.includes(json as T));
}

export function bytes(max: number, min = 0): Shape<Uint8Array> {
  const isHex = text<string>(/^([0-9a-f]{2})*$/);
  return {
    write: bytesToHex,
    read: (json) => {
      const read = hexToBytes(isHex.read(json));
      if (read.length < min || read.length > max) throw new TypeError('too few or too many bytes');
      return read;
    },
  };
}

export const amount: Shape<bigint> = {
  write: String,
  read: (json) => BigInt(text<string>(/^(0|[1-9]\d{0,77})$/).read(json)),
};

/** May be missing. */
export function maybe<T>(shape: Shape<T>): Shape<T | undefined> {
  return {
    write: (value) => (value === undefined ? undefined : shape.write(value)),
    read: (json) => (json === undefined ? undefined : shape.read(json)),
  };
}

export function list<T>(shape: Shape<T>, max: number): Shape<readonly T[]> {
  return {
    write: (values) => values.map((value) => shape.write(value)),
    read: (json) => {
      if (!Array.isArray(json) || json.length > max) throw new TypeError('not such a list');
      return json.map((element) => shape.read(element));
    },
  };
}

export function object<T extends object>(fields: Fields<T>): Shape<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  return {
    write: (value) => Object.fromEntries(names.map((name) => [name, fields[name].write(value[name])])),
    read: (json) => {
      if (typeof json !== 'object' || json === null || Array.isArray(json))
        throw new TypeError('not an object');
      const found = json as Record<string, unknown>;
      if (Object.keys(found).some((name) => !Object.hasOwn(fields, name)))
        throw new TypeError('an unknown field');
      const read: Partial<T> = {};
      for (const name of names) {
        const value = fields[name].read(Object.hasOwn(found, name) ? found[name] : undefined);
        if (value !== undefined) read[name] = value;
      }
      return read as T;
    },
  };
}
