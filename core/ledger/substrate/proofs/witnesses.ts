/**
 * The nodes that are not in use: connected to when something is to be confirmed, and let go after a while.
 *
 * @module
 */
import { ChainNode, type NodeOptions } from '../node.js';

/** For so long a connection is kept after it was last needed. */
const IDLE_MS = 60_000;

export class Witnesses {
  readonly #nodes = new Map<string, ChainNode>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(
    private readonly options: NodeOptions,
    private readonly inUse: ChainNode,
  ) {}

  /** All but the one in use, those first that are connected; each is connected to when its turn comes. */
  *others(): Generator<ChainNode> {
    const urls = this.options.endpoints.filter((url) => url !== this.inUse.endpoint);
    const isOnline = (url: string) => this.#nodes.get(url)?.state.value === 'online';
    for (const url of urls.sort((a, b) => Number(isOnline(b)) - Number(isOnline(a)))) {
      if (this.#isClosed) return;
      yield this.#node(url);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#letGo();
  }

  #node(url: string): ChainNode {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#letGo(), IDLE_MS);
    let node = this.#nodes.get(url);
    if (!node) {
      node = new ChainNode({ ...this.options, endpoints: [url] });
      this.#nodes.set(url, node);
      node.connect();
    }
    return node;
  }

  #letGo(): void {
    clearTimeout(this.#timer);
    for (const node of this.#nodes.values()) node.close();
    this.#nodes.clear();
  }
}
