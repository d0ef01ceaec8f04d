/**
 * A device as the comparison needs it, whatever the protocol.
 *
 * Clients build a message from a template and write all of one turn of the event loop at once, so that the
 * generator costs little beside the server.
 *
 * @module
 */
import type { Socket } from 'node:net';

export const PAYLOAD = 1024;
/** The stamp of the message after which nothing comes. */
export const END = -1;

export interface Client {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /**
   * Sends `PAYLOAD` bytes that begin with a stamp; resolves when the server says that it has them.
   */
  send(to: Client, stamp: number): Promise<void>;
  /** Called with the stamp of every message; acknowledged as soon as it returns. */
  onMessage: (stamp: number) => void;
}

/** Collects what is written to a socket in one turn. */
export class Outbox {
  #pending: Buffer[] = [];
  #last: Buffer | undefined;

  constructor(private readonly socket: Socket) {}

  write(bytes: Buffer): void {
    if (this.#pending.length === 0) setImmediate(() => this.#flush());
    this.#pending.push(bytes);
  }

  /** The same, once and after everything else of this turn. */
  writeLast(bytes: Buffer): void {
    this.#last = bytes;
  }

  #flush(): void {
    if (this.#last) this.#pending.push(this.#last);
    const bytes = this.#pending.length === 1 ? this.#pending[0]! : Buffer.concat(this.#pending);
    this.#pending = [];
    this.#last = undefined;
    if (this.socket.writable) this.socket.write(bytes);
  }
}

/** Bytes that came and belong to a whole unit; what is left over waits for more. */
export class Inbox {
  #rest: Buffer = Buffer.alloc(0);

  /** Calls `take` as long as it says how many bytes it used; 0: it needs more. */
  push(data: Buffer, take: (bytes: Buffer) => number): void {
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, data]) : data;
    while (bytes.length > 0) {
      const used = take(bytes);
      if (used === 0) break;
      bytes = bytes.subarray(used);
    }
    this.#rest = bytes;
  }
}

export function payloadOf(stamp: number): Buffer {
  const payload = Buffer.alloc(PAYLOAD, 7);
  payload.writeDoubleBE(stamp, 0);
  return payload;
}
