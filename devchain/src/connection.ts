/**
 * One client's JSON-RPC 2.0: text in, text out. The same over a WebSocket and inside a page.
 *
 * @module
 */
import { withSchemes } from './crypto.js';
import type { Node } from './node-state.js';
import { methods, subscriptions, unsubscribes } from './rpc/index.js';
import { RpcError, invalidParams } from './rpc-error.js';

interface Request {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
}

const MOST_SUBSCRIPTIONS = 1024;
const MOST_IN_LIST = 100;

export class Connection {
  private readonly ends = new Map<string, () => void>();
  private counter = 0;
  private closed = false;

  constructor(
    private readonly node: Node,
    private readonly send: (text: string) => void,
  ) {}

  /** Takes one message, a request or a list of them. */
  async receive(text: string): Promise<void> {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return this.send(JSON.stringify(failure(null, new RpcError(-32700, 'Parse error'))));
    }
    if (!Array.isArray(message)) return this.answer(message as Request, this.send);
    if (message.length === 0 || message.length > MOST_IN_LIST) {
      return this.send(JSON.stringify(failure(null, new RpcError(-32600, 'Invalid Request'))));
    }
    const answers: string[] = [];
    for (const request of message as Request[]) await this.answer(request, (line) => answers.push(line));
    this.send(`[${answers.join(',')}]`);
  }

  close(): void {
    this.closed = true;
    for (const end of this.ends.values()) end();
    this.ends.clear();
  }

  private async answer(request: Request | null, send: (text: string) => void): Promise<void> {
    const id = request?.id ?? null;
    const method = request?.method;
    const params = request?.params ?? [];
    if (typeof method !== 'string' || !Array.isArray(params)) {
      return send(JSON.stringify(failure(id, new RpcError(-32600, 'Invalid Request'))));
    }
    const held: string[] = [];
    try {
      const result = await withSchemes(() =>
        this.run(method, params, (notification) => held.push(notification)),
      );
      send(JSON.stringify({ jsonrpc: '2.0', id, result: result.value }));
      // A client knows a subscription only after it got its id.
      for (const notification of held) this.send(notification);
      result.open?.();
    } catch (error) {
      send(JSON.stringify(failure(id, error)));
    }
  }

  private async run(
    method: string,
    params: readonly unknown[],
    hold: (notification: string) => void,
  ): Promise<{ value: unknown; open?: () => void }> {
    const subscription = Object.hasOwn(subscriptions, method) ? subscriptions[method] : undefined;
    if (subscription) {
      if (this.ends.size >= MOST_SUBSCRIPTIONS) throw new RpcError(-32000, 'Too many subscriptions');
      const id = `${++this.counter}`;
      let deliver = hold;
      const end = subscription.start(this.node, params, (result) =>
        deliver(
          JSON.stringify({
            jsonrpc: '2.0',
            method: subscription.notification,
            params: { subscription: id, result },
          }),
        ),
      );
      if (this.closed) end();
      else this.ends.set(id, end);
      return { value: id, open: () => (deliver = this.send) };
    }
    if (unsubscribes.has(method)) return { value: this.unsubscribe(params[0]) };
    if (!Object.hasOwn(methods, method)) throw new RpcError(-32601, 'Method not found');
    return { value: await methods[method]!(this.node, params) };
  }

  private unsubscribe(id: unknown): boolean {
    if (typeof id !== 'string' && typeof id !== 'number') throw invalidParams('a subscription');
    const end = this.ends.get(String(id));
    end?.();
    return this.ends.delete(String(id));
  }
}

function failure(id: unknown, error: unknown) {
  const shown = error instanceof RpcError ? error : new RpcError(-32603, 'Internal error');
  const { code, message, data } = shown;
  return { jsonrpc: '2.0', id, error: { code, message, ...(data !== undefined && { data }) } };
}
