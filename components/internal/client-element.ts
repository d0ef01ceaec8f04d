/**
 * Base of the elements that need a client.
 *
 * @module
 */
import type { PropertyValues } from 'lit';
import { property } from 'lit/decorators.js';
import type { ClientStatus, ComingClient } from '../../core/client.js';
import type { ErrorCode } from '../../core/errors.js';
import { ClientSource } from './client-source.js';
import { ComingElement } from './element.js';

/** What an element that needs a client can be. */
export type Phase = ClientStatus['phase'] | 'unconfigured';

/** An element that finds its client and renders whenever the client's status changes. */
export abstract class ClientElement extends ComingElement {
  /** The client to use; when unset, the nearest provider's, else the page default. */
  @property({ attribute: false }) client: ComingClient | undefined;

  /** Light or dark regardless of the visitor's preference. */
  @property({ reflect: true }) theme: 'light' | 'dark' | undefined;

  protected readonly source: ClientSource = new ClientSource(this);

  protected override willUpdate(_changed: PropertyValues<this>): void {
    this.source.prefer(this.client);
  }

  /** The client's phase, and what the element is in before there is a client. */
  protected get phase(): Phase {
    if (this.source.status) return this.source.status.phase;
    if (this.source.problem) return 'failed';
    return this.source.unconfigured ? 'unconfigured' : 'starting';
  }

  /** Why there is no client, or what its status says is wrong. */
  protected get problem(): ErrorCode | undefined {
    return this.source.problem ?? this.source.status?.problem;
  }
}
