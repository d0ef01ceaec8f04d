// Generates the modules of proto/gen from proto/*.proto: a table per message, for proto/codec.ts, and its types.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import protobuf from 'protobufjs';

const root = join(import.meta.dirname, '..');
const gen = join(root, 'proto/gen');
const TYPES = { bool: 'boolean', bytes: 'Uint8Array', string: 'string', uint32: 'number', uint64: 'bigint' };

rmSync(gen, { recursive: true, force: true });
mkdirSync(gen, { recursive: true });
for (const path of readdirSync(join(root, 'proto')).filter((entry) => entry.endsWith('.proto'))) {
  const name = basename(path, '.proto');
  const file = new protobuf.Root().loadSync(join(root, 'proto', path)).resolveAll();
  writeFileSync(join(gen, `${name}.ts`), moduleOf(name, file.nested[name].nestedArray));
}

function moduleOf(name, members) {
  const isMessage = (member) => member instanceof protobuf.Type;
  const parts = [
    ...members.filter((member) => !isMessage(member)).map(enumOf),
    ...[...inOrder(members.filter(isMessage))].map(messageOf),
  ];
  return `// Generated from proto/${name}.proto by scripts/proto.mjs.
import * as codec from '../codec.js';

export * as ${name} from './${name}.js';

${parts.join('\n')}`;
}

/** Messages behind those that stand in them. */
function inOrder(messages) {
  const order = new Set();
  const visit = (message, path = []) => {
    if (path.includes(message)) throw new Error(`${message.fullName} stands in itself`);
    for (const { resolvedType } of message.fieldsArray) {
      if (resolvedType instanceof protobuf.Type) visit(resolvedType, [...path, message]);
    }
    order.add(message);
  };
  messages.forEach((message) => visit(message));
  return order;
}

// Plain numbers: a peer may know more of them than this file.
function enumOf({ name, values }) {
  return `export const ${name} = ${literal(values)} as const;
export type ${name} = number;
`;
}

function literal(values) {
  return `{ ${Object.entries(values)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')} }`;
}

function messageOf(message) {
  const { name, fieldsArray, nestedArray } = message;
  // Fields are written in the order of their numbers, as every other writer does.
  const fields = fieldsArray.toSorted((a, b) => a.id - b.id);
  const oneofs = message.oneofsArray.filter(isOneof);
  const codec = `/* @__PURE__ */ codec.message<${name}.$Properties, ${name} & ${name}.$Shape>({
${fields.map((field) => `  ${field.name}: [${row(field).join(', ')}],\n`).join('')}})`;
  const enums = nestedArray.map((member) => {
    if (!(member instanceof protobuf.Enum)) throw new Error(`${member.fullName}: only enums may be nested`);
    return `${member.name}: ${literal(member.values)} as const`;
  });
  const names = oneofs.map((oneof) => `${oneof.name}?: ${namesOf(oneof)};`);
  return `export const ${name} = ${enums.length ? `/* @__PURE__ */ Object.assign(${codec}, { ${enums} })` : codec};
/** As it is read. */
export interface ${name} {
  ${[...fields.map(read), ...names].join('\n  ')}
}
export namespace ${name} {
  /** As it is written. */
  export interface $Properties {
    ${[...fields.map(written), ...names].join('\n    ')}
  }
  /** As it is read, only one of each \`oneof\` being there. */
  export type $Shape = ${[oneofs.length ? shapeOf(fields) : '$Properties', ...oneofs.map(choices)].join(' &\n    ')};
${nestedArray.map((member) => `  export type ${member.name} = number;\n`).join('')}}
`;
}

/** A field's entry in its table: see `Field` in proto/codec.ts. */
function row(field) {
  const { id, type, repeated, resolvedType, partOf, fullName } = field;
  const isMessage = resolvedType instanceof protobuf.Type;
  const isScalar = !resolvedType && type in TYPES;
  if (field.map || field.required || field.delimited || !(resolvedType || isScalar)) {
    throw new Error(`${fullName}: proto/codec.ts does not know this kind of field`);
  }
  const packs = repeated && !isMessage && type !== 'bytes' && type !== 'string';
  if (packs && !field.packed) throw new Error(`${fullName}: proto/codec.ts packs numbers`);
  const kind = isMessage ? resolvedType.name : `codec.${isScalar ? type : 'enumeration'}`;
  const isOptional = isMessage || partOf;
  if (repeated) return [id, kind, 'codec.REPEATED'];
  if (isOptional) return [id, kind, 'codec.OPTIONAL', ...(isOneof(partOf) ? [`'${partOf.name}'`] : [])];
  return [id, kind, ...(field.hasPresence ? ['codec.PRESENT'] : [])];
}

function isOneof(oneof) {
  return Boolean(oneof && !oneof.isProto3Optional);
}

function namesOf({ fieldsArray }) {
  return fieldsArray.map(({ name }) => `'${name}'`).join(' | ');
}

function typeOf({ type, resolvedType, repeated }, part = '$Properties') {
  const isMessage = resolvedType instanceof protobuf.Type;
  const isNested = resolvedType?.parent instanceof protobuf.Type;
  const own = isNested ? `${resolvedType.parent.name}.${resolvedType.name}` : resolvedType?.name;
  const one = isMessage ? `${own}.${part}` : (own ?? TYPES[type]);
  return repeated ? `${one}[]` : one;
}

function written(field) {
  return `${field.name}?: ${typeOf(field)} | null;`;
}

function read(field) {
  const isOptional = !field.repeated && (field.resolvedType instanceof protobuf.Type || field.partOf);
  return isOptional ? `${field.name}?: ${typeOf(field)} | null;` : `${field.name}: ${typeOf(field)};`;
}

/** The fields of a message that has a `oneof`. */
function shapeOf(fields) {
  return `{ ${fields.map((field) => `${field.name}?: ${typeOf(field, '$Shape')} | null;`).join(' ')} }`;
}

/** What stands when none or one of these stands. */
function choices({ name, fieldsArray }) {
  const choice = (chosen) => {
    const fields = fieldsArray.map((field) =>
      field === chosen ? `${field.name}: ${typeOf(field, '$Shape')}` : `${field.name}?: null`,
    );
    return `{ ${name}?: ${chosen ? `'${chosen.name}'` : 'undefined'}; ${fields.join('; ')} }`;
  };
  return `(${[undefined, ...fieldsArray].map(choice).join(' | ')})`;
}
