/** Stands between the pages of a browser context and a server: requests can be held back, connections refused. */
import type { BrowserContext, WebSocketRoute } from 'playwright';

interface Line {
  readonly page: WebSocketRoute;
  readonly server: WebSocketRoute;
}

export class Gate {
  #isHeld: (text: string) => boolean = () => false;
  #isClosed = false;
  #noticed: () => void = () => undefined;
  readonly #lines = new Set<Line>();
  #held: { readonly line: Line; readonly text: string }[] = [];

  /** Call it before a page opens. */
  static async on(context: BrowserContext, url: string): Promise<Gate> {
    const gate = new Gate();
    const { port } = new URL(url);
    await context.routeWebSocket(
      (wanted) => wanted.port === port,
      (page) => gate.#connect(page),
    );
    return gate;
  }

  #connect(page: WebSocketRoute): void {
    if (this.#isClosed) return void page.close();
    const line = { page, server: page.connectToServer() };
    this.#lines.add(line);
    page.onMessage((message) => {
      const text = String(message);
      if (!this.#isHeld(text)) return line.server.send(text);
      this.#held.push({ line, text });
      this.#noticed();
    });
    page.onClose(() => {
      this.#lines.delete(line);
      this.#held = this.#held.filter((one) => one.line !== line);
      void line.server.close();
    });
  }

  /** Keeps every request from now on that names this method, or every one; resolves when there is one. */
  hold(method = ''): Promise<void> {
    this.#isHeld = (text) => text.includes(method);
    return new Promise((resolve) => (this.#noticed = resolve));
  }

  /** Hands on what was held, and everything from now on. */
  release(): void {
    this.#isHeld = () => false;
    for (const { line, text } of this.#held.splice(0)) line.server.send(text);
  }

  /** Ends all connections and refuses new ones. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { page, server } of this.#lines) await Promise.all([page.close(), server.close()]);
    this.#lines.clear();
  }

  open(): void {
    this.#isClosed = false;
  }
}
