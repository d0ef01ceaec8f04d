/**
 * One owner at the other end of a port: asks it, and hears from it, until it is gone.
 *
 * @module
 */
import { ComingError } from '../errors.js';
import { fromWire, toWire, type WireError } from './errors.js';
import type { Described, FromView, Outcome } from './messages.js';
import type { Port } from './port.js';
import { isRecord, notUnderstood } from './readers.js';

/** The owner went before it answered: nobody here knows whether it did what it was asked for. */
export class OwnerGone extends ComingError {
  /** @param asked - Somebody was asked to sign for it. */
  constructor(readonly asked: boolean) {
    super('owner-gone', 'the owner went before it answered');
  }
}

/** What an owner says by itself. */
export interface Hearer {
  welcome(root: Described, version: unknown): void;
  value(on: number, name: string, value: unknown, plain: Described['plain'] | undefined): void;
}

/** What a request is answered with. */
export type Answer = { readonly value: unknown } | { readonly handle: Described };

interface Request {
  readonly take: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  asked: boolean;
}

type How = 'signText' | 'signPayload';
type Signer = Partial<Record<How, (what: unknown) => Promise<unknown>>>;

export class Link {
  readonly #requests = new Map<number, Request>();
  readonly #watches = new Map<number, (value: unknown) => void>();
  /** Signers that were handed along, and with which request. */
  readonly #signers = new Map<number, { readonly signer: Signer; readonly request: number }>();
  #last = 0;
  #ended = false;

  constructor(
    private readonly port: Port,
    private readonly hearer: Hearer,
  ) {
    port.onmessage = (message) => this.#hear(message);
  }

  /**
   * Calls a method.
   *
   * @param take - What the promise resolves to; called before anything that the owner says after its answer.
   * @throws OwnerGone
   */
  request<T>(on: number, name: string, values: readonly unknown[], take: (answer: Answer) => T): Promise<T> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const lifted = values.map((value) => this.#lift(value, id));
      const accept = (answer: Answer) => {
        try {
          resolve(take(answer));
        } catch (error) {
          reject(error);
        }
      };
      this.#requests.set(id, { take: accept, reject, asked: false });
      try {
        this.#post({ say: 'call', id, on, name, values: lifted });
      } catch {
        this.#forget(id); // something that cannot be cloned
        reject(notUnderstood());
      }
    });
  }

  /** Hears a value now and whenever it changes, until the function that is returned is called. */
  watch(on: number, name: string, values: readonly unknown[], hear: (value: unknown) => void): () => void {
    const id = ++this.#last;
    this.#watches.set(id, hear);
    this.#post({ say: 'watch', id, on, name, values });
    return () => {
      if (this.#watches.delete(id)) this.#post({ say: 'unwatch', id });
    };
  }

  notice(on: number, name: string): void {
    this.#post({ say: 'notice', on, name });
  }

  /** Whatever is not answered yet never will be. */
  end(): void {
    this.#post({ say: 'bye' });
    this.#ended = true;
    this.port.close();
    const requests = [...this.#requests.values()];
    this.#requests.clear();
    this.#watches.clear();
    this.#signers.clear();
    for (const { reject, asked } of requests) reject(new OwnerGone(asked));
  }

  #hear(message: unknown): void {
    if (!isRecord(message)) return;
    const { say, id, on, name, value } = message;
    if (say === 'welcome' && isDescribed(message['root'])) {
      this.hearer.welcome(message['root'], message['version']);
    } else if (say === 'answer') this.#answer(id as number, message['outcome']);
    else if (say === 'value' && typeof name === 'string') {
      const plain = message['plain'];
      this.hearer.value(on as number, name, value, isRecord(plain) ? plain : undefined);
    } else if (say === 'update') this.#watches.get(id as number)?.(value);
    else if (say === 'sign') void this.#sign(message);
  }

  #answer(id: number, outcome: unknown): void {
    const request = this.#requests.get(id);
    if (!request) return;
    this.#forget(id);
    if (!isRecord(outcome)) request.reject(notUnderstood());
    else if ('value' in outcome) request.take({ value: outcome['value'] });
    else if (isDescribed(outcome['handle'])) request.take({ handle: outcome['handle'] });
    else request.reject(fromWire(outcome['error']));
  }

  /** Asks a wallet of this window, for a request that handed it along. */
  async #sign({ id, signer: number, how, what }: Record<string, unknown>): Promise<void> {
    const found = this.#signers.get(number as number);
    let outcome: Outcome;
    try {
      const sign = how === 'signText' || how === 'signPayload' ? found?.signer[how] : undefined;
      if (!found || !sign) throw notUnderstood();
      this.#requests.get(found.request)!.asked = true;
      outcome = { value: await sign.call(found.signer, what) };
    } catch (error) {
      outcome = { error: toWire(error) satisfies WireError };
    }
    this.#post({ say: 'signed', id: id as number, outcome });
  }

  /** Puts a number in place of each signer: its methods stay here. */
  #lift(value: unknown, request: number): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if ('signText' in value || 'signPayload' in value) {
      const signer = ++this.#last;
      this.#signers.set(signer, { signer: value as Signer, request });
      const { address, scheme } = value as unknown as { address: unknown; scheme: unknown };
      return { signer, address, scheme };
    }
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, this.#lift(part, request)]));
  }

  #forget(id: number): void {
    this.#requests.delete(id);
    for (const [number, { request }] of this.#signers) if (request === id) this.#signers.delete(number);
  }

  /** A wallet may answer when the owner that asked is gone. */
  #post(message: FromView): void {
    if (!this.#ended) this.port.post(message);
  }
}

function isDescribed(value: unknown): value is Described & Record<string, unknown> {
  if (!isRecord(value)) return false;
  return typeof value['on'] === 'number' && isRecord(value['plain']) && isRecord(value['values']);
}
