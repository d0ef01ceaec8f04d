// Prints what sealing costs in Chromium: one row, and a commit of the five rows that a received message is, on disk,
// beside the same commit unsealed. Medians; the two kinds of commit take turns.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright';
import { chromiumPath } from '../scripts/chromium.mjs';

const root = join(import.meta.dirname, '..');
const { outputFiles } = await build({
  stdin: {
    contents: "export * from './core/store/index.js'; export { encodeRow } from './core/store/codec.js'",
    resolveDir: root,
  },
  bundle: true,
  format: 'esm',
  target: 'es2022',
  write: false,
});
const server = createServer((request, response) => {
  const isCode = request.url === '/store.js';
  response.setHeader('content-type', isCode ? 'text/javascript' : 'text/html');
  response.end(isCode ? outputFiles[0].text : '<!doctype html>');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const executablePath = chromiumPath();
const browser = await chromium.launch({
  ...(executablePath ? { executablePath } : {}),
  args: ['--no-sandbox'],
});
const page = await browser.newPage();
await page.goto(`http://127.0.0.1:${server.address().port}/`);
const figures = await page.evaluate(async () => {
  const { MemoryDatabase, openIndexedDatabase, put, SealedDatabase } = await import('/store.js');
  const peer = '5a'.repeat(32);
  const text = 'I will be there at noon, by the old oak.';
  /** What is stored of the nth message that is received: about 6 kB, most of it the session. */
  const message = (n) => {
    const row = { peer, order: n, id: '0b'.repeat(16), mine: false, text, sentAt: n, state: 'received' };
    return [
      put('sessions', [peer, 1], { record: new Uint8Array(5000).fill(n), heardAt: n }),
      put('seen', [peer, 1, String(n)], { at: n }),
      put('messages', [peer, n], { ...row, problem: undefined, seen: false, isPayment: false }),
      put('messageOrders', [peer, 0, String(n)], { order: n }),
      put('conversations', peer, { peer, petname: '', unread: n, lastActivity: n, lastMessage: row }),
    ];
  };
  const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
  const timed = async (work) => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
  const opened = async (db) => {
    await db.takeOwnership();
    return db;
  };
  const memory = await opened(new MemoryDatabase());
  const sealedMemory = await opened(new SealedDatabase(await opened(new MemoryDatabase())));
  const disk = await opened(await openIndexedDatabase('plain'));
  const sealedDisk = await opened(new SealedDatabase(await openIndexedDatabase('sealed')));
  const commits = new Map([memory, sealedMemory, disk, sealedDisk].map((db) => [db, []]));
  for (let n = 0; n < 300; n += 1) {
    for (const [db, times] of commits) times.push(await timed(() => db.commit(message(n))));
  }
  const range = { prefix: [peer], reverse: true, limit: 60 };
  const lists = new Map([disk, sealedDisk].map((db) => [db, []]));
  for (let n = 0; n < 50; n += 1) {
    for (const [db, times] of lists) times.push(await timed(() => db.list('messages', range)));
  }
  return {
    memory_commit_ms: median(commits.get(memory)),
    sealed_memory_commit_ms: median(commits.get(sealedMemory)),
    disk_commit_ms: median(commits.get(disk)),
    sealed_disk_commit_ms: median(commits.get(sealedDisk)),
    page_ms: median(lists.get(disk)),
    sealed_page_ms: median(lists.get(sealedDisk)),
  };
});
await browser.close();
server.close();
for (const [name, ms] of Object.entries(figures)) console.log(name.padEnd(26), ms.toFixed(2));
