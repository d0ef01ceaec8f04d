/**
 * Grants: the relay's word that whoever bears it may put one blob here, for a while.
 *
 * A grant names the hash and the size, so it opens nothing else; it says nothing about who got it.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface Grant {
  /** SHA-256 of the content, hexadecimal. */
  readonly hash: string;
  readonly size: number;
  /** Seconds since 1970. */
  readonly expires: number;
}

export class Grants {
  constructor(private readonly secret: Uint8Array) {}

  write({ hash, size, expires }: Grant): string {
    const text = `${hash}.${size}.${expires}`;
    return `${text}.${this.#sign(text).toString('hex')}`;
  }

  /** The grant that a text is; undefined when it is none, or none any more. */
  read(text: string, now: number): Grant | undefined {
    const [, signed, hash, size, expires, mac] =
      /^(([0-9a-f]{64})\.(\d{1,10})\.(\d{1,10}))\.([0-9a-f]{64})$/.exec(text) ?? [];
    if (!signed || !hash || !mac) return undefined;
    if (!timingSafeEqual(this.#sign(signed), Buffer.from(mac, 'hex'))) return undefined;
    return Number(expires) < now ? undefined : { hash, size: Number(size), expires: Number(expires) };
  }

  #sign(text: string): Buffer {
    return createHmac('sha256', this.secret).update(`coming blob grant: ${text}`).digest();
  }
}
