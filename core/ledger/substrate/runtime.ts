/**
 * One version of a chain's runtime, read from its metadata: how its calls, storage and events are written.
 *
 * Nothing about a chain is assumed but names; indices, layouts and hashers are the node's own.
 *
 * @module
 */
import {
  decAnyMetadata,
  getSs58AddressInfo,
  unifyMetadata,
  type Codec,
  type UnifiedMetadata,
} from '@polkadot-api/substrate-bindings';
import {
  getDynamicBuilder,
  getLookupFn,
  type LookupEntry,
  type MetadataLookup,
} from '@polkadot-api/metadata-builders';
import { blake2b } from '../../identity/blake2b.js';
import { ComingError } from '../../errors.js';
import { encodeAddress, type SignatureScheme } from '../../identity/index.js';
import { fromHex, toHex, type Hex } from './hex.js';

export interface RuntimeVersion {
  readonly specName: string;
  readonly specVersion: number;
  readonly transactionVersion: number;
}

/** A value that has a name and perhaps a content, as SCALE enums are decoded. */
export interface Variant {
  readonly type: string;
  readonly value?: unknown;
}

/** Something that every signed extrinsic carries, or that is signed along with it. */
export interface Extension {
  readonly name: string;
  /** Whether bytes of it stand in the extrinsic. */
  readonly carried: boolean;
  /** Whether bytes of it are signed without being sent. */
  readonly implied: boolean;
}

/** Where something is stored, and how it is read. */
export interface Stored<T> {
  readonly key: Hex;
  decode(answer: unknown): T;
}

/** Decodes what a node answers; the default of the item for null, undefined when it has none. */
export type StorageItem = Stored<unknown>;

const SCHEME_NAMES = { ed25519: 'Ed25519', sr25519: 'Sr25519', ecdsa: 'Ecdsa' } as const;

export class Runtime {
  readonly #metadata: UnifiedMetadata;
  readonly #lookup: MetadataLookup;
  readonly #builder: ReturnType<typeof getDynamicBuilder>;
  readonly extensions: readonly Extension[];
  /** BLAKE2b-256 of the metadata: runtimes of the same hash read everything alike. */
  readonly metadataHash: string;

  /** Throws `chain-unsupported` as every method does: the metadata cannot be read, or lacks what is asked for. */
  constructor(
    metadata: Hex,
    readonly version: RuntimeVersion,
  ) {
    this.metadataHash = asSaid(() => metadataHash(metadata));
    this.#metadata = asSaid(() => unifyMetadata(decAnyMetadata(fromHex(metadata))));
    this.#lookup = getLookupFn(this.#metadata);
    this.#builder = getDynamicBuilder(this.#lookup);
    this.extensions = asSaid(() =>
      (this.#metadata.extrinsic.signedExtensions[0] ?? []).map((extension) => ({
        name: extension.identifier,
        carried: !isEmpty(this.#lookup(extension.type)),
        implied: !isEmpty(this.#lookup(extension.additionalSigned)),
      })),
    );
  }

  /**
   * The bytes of a call; the first of these names that the chain has.
   *
   * @param args - By the names of the parameters; the chain must want exactly these.
   */
  call(pallet: string, names: readonly string[], args: Readonly<Record<string, unknown>>): Uint8Array {
    const entry = this.#variants(pallet, 'calls');
    const name = names.find((candidate) => entry?.[candidate]);
    const shape = name === undefined ? undefined : entry?.[name];
    if (name === undefined || shape?.type !== 'struct') throw unsupported(`no call ${pallet}.${names[0]}`);
    const wanted = Object.keys(shape.value);
    if (wanted.length !== Object.keys(args).length || wanted.some((field) => !(field in args))) {
      throw unsupported(`${pallet}.${name} wants other arguments`);
    }
    const values = Object.entries(args).map(([field, value]) => [
      field,
      value instanceof Uint8Array ? account(value, shape.value[field]) : value,
    ]);
    return asSaid(() => {
      const { location, codec } = this.#builder.buildCall(pallet, name);
      return Uint8Array.of(...location, ...codec.enc(Object.fromEntries(values)));
    });
  }

  /** An item of storage; accounts among the keys are 32 bytes. */
  storage(pallet: string, item: string, ...keys: readonly unknown[]): StorageItem {
    const known = this.#metadata.pallets.find(({ name }) => name === pallet)?.storage?.items;
    if (!known?.some(({ name }) => name === item)) throw unsupported(`no storage ${pallet}.${item}`);
    const parts = keys.map((key) => (key instanceof Uint8Array ? encodeAddress(key) : key));
    const { key, value, fallback } = asSaid(() => {
      const { keys: codec, ...rest } = this.#builder.buildStorage(pallet, item);
      return { key: codec.enc(...parts) as Hex, ...rest };
    });
    return {
      key,
      decode: (answer) =>
        answer == null ? (fallback as unknown) : (decodeWith(value, answer, `${pallet}.${item}`) as unknown),
    };
  }

  /** A constant of a pallet; undefined when the chain has none of this name. */
  constant(pallet: string, name: string): unknown {
    const constants = this.#metadata.pallets.find((candidate) => candidate.name === pallet)?.constants;
    const found = constants?.find((candidate) => candidate.name === name);
    if (!found) return undefined;
    const codec = asSaid(() => this.#builder.buildConstant(pallet, name));
    return decodeWith(codec, found.value, `${pallet}.${name}`);
  }

  /** The sender of an extrinsic. */
  sender(key: Uint8Array): Uint8Array {
    const type = this.#extrinsicType('address', 'Address');
    return asSaid(() => this.#builder.buildDefinition(type).enc(account(key, this.#lookup(type))));
  }

  /** A signature with whatever says of which scheme it is. */
  signature(scheme: SignatureScheme, bytes: Uint8Array): Uint8Array {
    const type = this.#extrinsicType('signature', 'Signature');
    const entry = asSaid(() => this.#lookup(type));
    const variant = entry.type === 'enum' ? entry.value[SCHEME_NAMES[scheme]] : undefined;
    if (!variant) throw unsupported(`no ${scheme} signatures`);
    return Uint8Array.of(variant.idx, ...bytes);
  }

  /** `Pallet.Error` of a decoded `DispatchError`, or what stands in its place. */
  errorName(error: unknown): string {
    const { type, value } = error as Variant;
    if (type !== 'Module') return isVariant(value) ? `${type}.${value.type}` : type;
    if (isVariant(value)) return isVariant(value.value) ? `${value.type}.${value.value.type}` : value.type;
    // Before Substrate 0.9.21 the error was one byte, which the metadata does not tie to the pallet's errors.
    const { index, error: number } = value as { index: number; error: number };
    const pallet = this.#metadata.pallets.find((candidate) => candidate.index === index);
    const errors = pallet && this.#variants(pallet.name, 'errors');
    const [name] = Object.entries(errors ?? {}).find(([, { idx }]) => idx === number) ?? [];
    return `${pallet?.name ?? index}.${name ?? number}`;
  }

  #variants(pallet: string, kind: 'calls' | 'errors') {
    const type = this.#metadata.pallets.find(({ name }) => name === pallet)?.[kind]?.type;
    const entry = type === undefined ? undefined : asSaid(() => this.#lookup(type));
    return entry?.type === 'enum' ? entry.value : undefined;
  }

  #extrinsicType(field: 'address' | 'signature', parameter: string): number {
    const { extrinsic, lookup } = this.#metadata;
    if (field in extrinsic) return (extrinsic as Record<typeof field, number>)[field];
    const { type } = extrinsic as { type: number };
    const found = lookup[type]?.params.find(({ name }) => name === parameter)?.type;
    if (found === undefined) throw unsupported(`its extrinsics have no ${parameter}`);
    return found;
  }
}

/** What the metadata says, where it can be read: of types that lead nowhere nothing shows before they are asked for. */
function asSaid<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw unsupported('its metadata cannot be read', cause);
  }
}

export function metadataHash(metadata: string): string {
  return toHex(blake2b(fromHex(metadata), { dkLen: 32 }));
}

/** The 32 bytes of an account that was decoded. */
export function accountBytes(address: unknown): Uint8Array | undefined {
  const info = typeof address === 'string' ? getSs58AddressInfo(address) : undefined;
  return info?.isValid ? info.publicKey : undefined;
}

export function isVariant(value: unknown): value is Variant {
  return typeof value === 'object' && value !== null && typeof (value as Variant).type === 'string';
}

export function unsupported(why: string, cause?: unknown): ComingError {
  return new ComingError('chain-unsupported', `this chain is not supported: ${why}`, { cause });
}

/** An account where a chain wants one: as it is, or as one kind of `MultiAddress`. */
function account(key: Uint8Array, wanted: LookupEntry | undefined): unknown {
  const address = encodeAddress(key);
  return wanted?.type === 'enum' ? { type: 'Id', value: address } : address;
}

function decodeWith(codec: Codec<unknown>, answer: unknown, what: string): unknown {
  try {
    return codec.dec(fromHex(String(answer)));
  } catch (cause) {
    throw unsupported(`${what} is not as its metadata says`, cause);
  }
}

function isEmpty(entry: LookupEntry): boolean {
  switch (entry.type) {
    case 'void':
      return true;
    case 'struct':
      return Object.values(entry.value).every(isEmpty);
    case 'tuple':
      return entry.value.every(isEmpty);
    case 'array':
      return isEmpty(entry.value);
    default:
      return false;
  }
}
