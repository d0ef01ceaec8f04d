/**
 * Makes one context at a time the owner of a profile.
 *
 * Web Locks where the platform has them; without (an insecure page, Node) the context is alone
 * as far as anybody can tell, and the database's ownership epoch still keeps two from writing.
 *
 * @module
 */

export interface Ownership {
  /** Lets the next context in line become the owner. */
  release(): void;
}

export interface Candidate {
  /** Called when another context owns it at the moment. */
  waiting?(): void;
  /** Called when another context took it away from this one. */
  lost?(): void;
  /** Stops waiting; the promise then rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Takes it from whoever has it instead of waiting. */
  readonly steal?: boolean;
}

export const hasLocks = (): boolean => (globalThis.navigator?.locks as LockManager | undefined) !== undefined;

/** Waits until this context owns the profile. */
export async function ownProfile(profile: string, candidate: Candidate): Promise<Ownership> {
  const { waiting, lost, signal, steal = false } = candidate;
  if (!hasLocks()) return { release: () => undefined };
  const { locks } = navigator;
  const name = `coming:${profile}`;
  return new Promise((resolve, reject) => {
    let isOwner = false;
    const hold = () =>
      new Promise<void>((release) => {
        isOwner = true;
        resolve({ release });
      });
    const end = (error: unknown) => (isOwner ? lost?.() : reject(error as Error));
    const wait = () => {
      waiting?.();
      locks.request(name, { signal }, hold).catch(end);
    };
    if (steal) locks.request(name, { steal }, hold).catch(end);
    // Asked for in one step: between a look and a request another context could take it.
    else locks.request(name, { ifAvailable: true }, (lock) => (lock ? hold() : wait())).catch(end);
  });
}
