/**
 * The two ends of a conversation between contexts, whatever carries it.
 *
 * @module
 */

/** Moves messages that can be structurally cloned, in order, to the one at the other end. */
export interface Port {
  post(message: unknown): void;
  /** Called with whatever the other end posted. It may be anything: other code can post as well. */
  onmessage: ((message: unknown) => void) | undefined;
  close(): void;
}

/** What a port can be made of: a `MessagePort`, a `Worker`, a worker's own scope, a `BroadcastChannel` of just two. */
export interface MessageTarget {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent) => void) | null;
  close?(): void;
  terminate?(): void;
}

/** A port over something that the platform offers. Messages that came before it was made may be lost. */
export function portOf(target: MessageTarget): Port {
  const port: Port = {
    post: (message) => target.postMessage(message),
    onmessage: undefined,
    close: () => {
      target.onmessage = null;
      port.onmessage = undefined;
      if (target.terminate) target.terminate();
      else target.close?.();
    },
  };
  target.onmessage = ({ data }: MessageEvent) => port.onmessage?.(data);
  return port;
}

/** Both ends in one context. What is posted is not copied: both sides hold it as read-only. */
export function directPorts(): [Port, Port] {
  const ends = [end(1), end(0)] as const;
  function end(other: 0 | 1): Port {
    const port: Port = {
      post: (message) => queueMicrotask(() => ends[other].onmessage?.(message)),
      onmessage: undefined,
      close: () => (port.onmessage = undefined),
    };
    return port;
  }
  return [...ends];
}
