/**
 * Databases as earlier versions of the kit left them: JSON of every store, and putting it into IndexedDB.
 *
 * @module
 */
import version2 from '../fixtures/database-2.json' with { type: 'json' };
import { base64 } from '@scure/base';

/** Keys and values by store. */
export interface DatabaseFixture {
  readonly version: number;
  readonly stores: Readonly<Record<string, readonly (readonly [IDBValidKey, unknown])[]>>;
}

/** A guest with a conversation, a stranger's message, one that waits, payments and a transfer; of the last kit before sealing. */
export const DATABASE_2 = { version: version2.version, stores: parsed(version2.stores) } as DatabaseFixture;

/** Makes a profile's database as that version of the kit had left it. */
export function restore(profile: string, { version, stores }: DatabaseFixture): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(`coming:${profile}`, version);
    request.onerror = () => reject(request.error!);
    request.onupgradeneeded = () => {
      for (const [name, rows] of Object.entries(stores)) {
        const store = request.result.createObjectStore(name);
        for (const [key, value] of rows) store.put(value, key);
      }
    };
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
  });
}

function parsed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(parsed);
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Record<string, unknown>;
  if ('$undefined' in fields) return undefined;
  if ('$bigint' in fields) return BigInt(fields['$bigint'] as string);
  if ('$bytes' in fields) return base64.decode(fields['$bytes'] as string);
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, parsed(field)]));
}
