/** Every row of a profile's IndexedDB by store, read without the kit. */
export async function rawRows(profile: string): Promise<Record<string, unknown[]>> {
  const db = await result(indexedDB.open(`coming:${profile}`));
  try {
    const names = [...db.objectStoreNames];
    if (names.length === 0) return {};
    const tx = db.transaction(names);
    const rows = await Promise.all(names.map((name) => result(tx.objectStore(name).getAll())));
    return Object.fromEntries(names.map((name, n) => [name, rows[n] as unknown[]]));
  } finally {
    db.close();
  }
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error!);
  });
}
