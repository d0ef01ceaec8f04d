// The few parts of the extension API that the files beside this one use.
declare namespace chrome.runtime {
  interface Event<Listener> {
    addListener(listener: Listener): void;
  }
  interface Port {
    readonly name: string;
    readonly sender?: { readonly url?: string };
    readonly onMessage: Event<(message: never) => void>;
    readonly onDisconnect: Event<() => void>;
    postMessage(message: unknown): void;
  }
  const onConnect: Event<(port: Port) => void>;
  function connect(options: { name: string }): Port;
  function getURL(path: string): string;
}

/** Milliseconds between two signature requests of a page, undefined for the extension's own; put in by the build. */
declare const WALLET_RATE_LIMIT: number | undefined;
