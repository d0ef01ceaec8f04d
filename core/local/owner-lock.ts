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
  const { held } = await locks.query();
  if (held?.some((lock) => lock.name === name)) waiting();
  return new Promise((resolve, reject) => {
    locks.request(name, { signal }, () => new Promise<void>((release) => resolve({ release }))).catch(reject);
  });
}
