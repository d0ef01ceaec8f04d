/**
 * A process that commits to a folder as fast as it can, and says each number once it is committed.
 *
 * @module
 */
import { writeSync } from 'node:fs';
import { openFileDatabase } from '../../core/node/file-database.js';
import { put } from '../../core/store/index.js';

const db = await openFileDatabase(process.argv[2]!, { slack: 30_000 });
await db.takeOwnership();
let n = (await db.get('seen', 'count'))?.at ?? 0;
for (;;) {
  n += 1;
  const record = new Uint8Array((n * 37) % 3000).fill(n);
  await db.commit([put('seen', 'count', { at: n }), put('sessions', ['x', n % 20], { record, heardAt: n })]);
  writeSync(1, `${n}\n`);
}
