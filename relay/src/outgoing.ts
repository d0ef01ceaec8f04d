/**
 * What one turn of the event loop has for a socket, handed to the system as one write.
 *
 * The frames are those of RFC 6455, section 5.2, from a server: binary, whole and not masked. `ws` would make two
 * writes of each, which costs more than everything else that a message needs.
 *
 * @module
 */
import type { Duplex } from 'node:stream';

const BINARY = 0x82;
/** A length that does not fit seven bits stands in two bytes behind this one, or in eight. */
const TWO_BYTES = 126;
const EIGHT_BYTES = 127;
const LARGEST_HEAD = 10;

/** Those that have something to write. */
let waiting: Outgoing[] = [];

export class Outgoing {
  #payloads: Uint8Array[] = [];
  #size = 0;

  constructor(private readonly stream: Duplex) {}

  /** Bytes that the system has not taken. */
  get unsent(): number {
    return this.stream.writableLength + this.#size;
  }

  push(payload: Uint8Array): void {
    if (this.#payloads.length === 0) {
      if (waiting.length === 0) setImmediate(flushAll);
      waiting.push(this);
    }
    this.#payloads.push(payload);
    this.#size += payload.length;
  }

  flush(): void {
    const payloads = this.#payloads;
    if (payloads.length === 0 || !this.stream.writable) return;
    const bytes = Buffer.allocUnsafe(this.#size + payloads.length * LARGEST_HEAD);
    let at = 0;
    for (const payload of payloads) {
      at = writeHead(bytes, at, payload.length);
      bytes.set(payload, at);
      at += payload.length;
    }
    this.#payloads = [];
    this.#size = 0;
    this.stream.write(bytes.subarray(0, at));
  }
}

function flushAll(): void {
  const all = waiting;
  waiting = [];
  for (const outgoing of all) outgoing.flush();
}

/** Writes a frame's head; returns where its payload goes. */
function writeHead(bytes: Buffer, at: number, length: number): number {
  bytes[at] = BINARY;
  if (length < TWO_BYTES) {
    bytes[at + 1] = length;
    return at + 2;
  }
  if (length < 1 << 16) {
    bytes[at + 1] = TWO_BYTES;
    return bytes.writeUInt16BE(length, at + 2);
  }
  bytes[at + 1] = EIGHT_BYTES;
  bytes.writeUInt32BE(0, at + 2);
  return bytes.writeUInt32BE(length, at + 6);
}
