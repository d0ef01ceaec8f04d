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

/**
 * Waits until this context owns the profile.
 *
 * @param waiting - Called when another context owns it at the moment.
 * @param signal - Stops waiting; the promise then rejects with the signal's reason.
 */
export async function ownProfile(
  profile: string,
  waiting: () => void,
  signal: AbortSignal,
): Promise<Ownership> {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  if (!locks) return { release: () => undefined };
  const name = `coming:${profile}`;
  return new Promise((resolve, reject) => {
    const hold = () => new Promise<void>((release) => resolve({ release }));
    const wait = () => {
      waiting();
      locks.request(name, { signal }, hold).catch(reject);
    };
    // Asked for in one step: between a look and a request another context could take it.
    locks.request(name, { ifAvailable: true }, (lock) => (lock ? hold() : wait())).catch(reject);
  });
}
