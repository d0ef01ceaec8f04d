/**
 * Bitcoin transactions, with or without witnesses (BIP 144).
 *
 * @module
 */
import { Reader } from '../reader';
import { NOTHING, Span, lengthOf, spanOf, startOf } from '../span';
import { Writer } from '../writer';
import { sha256Twice } from './hash';
import { Stream } from './stream';

const OP_RETURN: u8 = 0x6a;
const OP_PUSHDATA1: u8 = 0x4c;
const OP_PUSHDATA2: u8 = 0x4d;
const OUTPOINT: u32 = 36;
/** Far more than anybody pays at once. */
const MOST_OUTPUTS: u32 = 1000;
const MARKER: u8 = 0;
const FLAG: u8 = 1;

export class Output {
  constructor(
    readonly value: u64,
    readonly script: Span,
  ) {}

  /** What an OP_RETURN says; `NOTHING` when this is none. */
  data(): Span {
    const from = new Reader(this.script);
    if (from.u8() !== OP_RETURN) return NOTHING;
    const push = from.u8();
    let length = <u32>push;
    if (push === OP_PUSHDATA1) length = <u32>from.u8();
    else if (push === OP_PUSHDATA2) {
      length = <u32>from.u8();
      length |= (<u32>from.u8()) << 8;
    } else if (push > OP_PUSHDATA2) return NOTHING;
    return from.ok && from.left() === length && length > 0 ? spanOf(from.at, length) : NOTHING;
  }
}

export class Transaction {
  /** Hash of everything but the witnesses, in the order of the wire. */
  id: usize = 0;
  /** The transaction and the position of the output that the first input spends. */
  previous: usize = 0;
  previousIndex: u32 = 0;
  readonly outputs: Output[] = [];
  /** In SCALE, as pallets keep it. */
  encoded: Span = NOTHING;
}

/** `null` for whatever is no transaction. */
export function readTransaction(raw: Span): Transaction | null {
  const from = new Stream(raw);
  const tx = new Transaction();
  const version = from.bytes(4);
  const hasWitness = from.left() > 2 && load<u8>(from.at) === MARKER && load<u8>(from.at + 1) === FLAG;
  if (hasWitness) from.bytes(2);
  const bodyStart = from.at;
  const inputs = from.count();
  if (inputs === 0) from.fail();
  const spent = new Writer(512);
  for (let i: u32 = 0; i < inputs && from.ok; i++) {
    const outpoint = from.bytes(OUTPOINT);
    const script = from.counted();
    const sequence = from.bytes(4);
    if (!from.ok) return null;
    if (i === 0) {
      tx.previous = outpoint;
      tx.previousIndex = load<u32>(outpoint + 32);
    }
    // Witnesses are not kept: they stand behind all outputs, and nobody here looks at them.
    spent.bytes(outpoint, OUTPOINT).blob(script).bytes(sequence, 4).compact(0);
  }
  const paid = new Writer(512);
  const outputs = from.count();
  if (outputs === 0 || outputs > MOST_OUTPUTS) from.fail();
  for (let i: u32 = 0; i < outputs && from.ok; i++) {
    const value = from.u64();
    const script = from.counted();
    if (!from.ok) return null;
    tx.outputs.push(new Output(value, script));
    paid.u64(value).blob(script);
  }
  const body = spanOf(bodyStart, <u32>(from.at - bodyStart));
  if (hasWitness) skipWitnesses(from, inputs);
  const lockTime = from.bytes(4);
  if (!from.ok || from.left() !== 0) return null;
  tx.id = sha256Twice(new Writer(lengthOf(raw)).bytes(version, 4).span(body).bytes(lockTime, 4).done());
  const encoded = new Writer(1024).bytes(version, 4).compact(inputs).span(spent.done());
  tx.encoded = encoded.compact(outputs).span(paid.done()).bytes(lockTime, 4).done();
  return tx;
}

function skipWitnesses(from: Stream, inputs: u32): void {
  for (let i: u32 = 0; i < inputs; i++) {
    const items = from.count();
    for (let j: u32 = 0; j < items && from.ok; j++) from.counted();
  }
}

/** The output that the first input of `tx` spends, when `raw` is the transaction that it stands in. */
export function spentBy(tx: Transaction, raw: Span): Output | null {
  const previous = readTransaction(raw);
  if (!previous || memory.compare(previous.id, tx.previous, 32) !== 0) return null;
  const index = tx.previousIndex;
  return index < <u32>previous.outputs.length ? previous.outputs[index] : null;
}

/** The bytes of a text before a separator, or all of them. */
export function upTo(text: Span, separator: u8): Span {
  const length = lengthOf(text);
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(startOf(text) + i) === separator) return spanOf(startOf(text), i);
  }
  return text;
}
