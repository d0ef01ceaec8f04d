/**
 * Keeps one conversation open while its element is in the document, and closes it afterwards.
 *
 * @module
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { ComingClient, ComingId, Conversation, ConversationSnapshot } from '../../core/client.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';
import { Watch } from '../internal/watch.js';

/** Holds the open conversation of its host, what it shows, or why it could not be opened. */
export class OpenConversation implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #snapshot: Watch<ConversationSnapshot>;
  #client: ComingClient | undefined;
  #peer: ComingId = '';
  #conversation: Conversation | undefined;
  #problem: ErrorCode | undefined;
  /** Grows with every opening, so that one that was overtaken closes what it got. */
  #turn = 0;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    this.#snapshot = new Watch(host);
    host.addController(this);
  }

  get conversation(): Conversation | undefined {
    return this.#conversation;
  }

  get snapshot(): ConversationSnapshot | undefined {
    return this.#snapshot.value;
  }

  get problem(): ErrorCode | undefined {
    return this.#problem;
  }

  /** Opens the conversation with `peer`; the same again changes nothing. */
  show(client: ComingClient | undefined, peer: ComingId): void {
    if (client === this.#client && peer === this.#peer) return;
    this.#client = client;
    this.#peer = peer;
    this.again();
  }

  /** Opens it once more, after a failure. */
  again(): void {
    this.#close();
    void this.#open();
  }

  hostConnected(): void {
    if (!this.#conversation) void this.#open();
  }

  hostDisconnected(): void {
    this.#close();
  }

  async #open(): Promise<void> {
    if (!this.#client || !this.#peer) return;
    const turn = ++this.#turn;
    let conversation: Conversation | undefined;
    let problem: ErrorCode | undefined;
    try {
      conversation = await this.#client.openConversation(this.#peer);
    } catch (error) {
      problem = codeOf(error);
    }
    if (turn !== this.#turn) {
      conversation?.close();
      return;
    }
    this.#conversation = conversation;
    this.#problem = problem;
    this.#snapshot.follow(conversation?.snapshot);
    this.#host.requestUpdate();
  }

  #close(): void {
    this.#turn += 1;
    this.#snapshot.follow(undefined);
    this.#conversation?.close();
    this.#conversation = undefined;
    this.#problem = undefined;
  }
}
