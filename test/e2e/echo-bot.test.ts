/**
 * The echo bot as somebody runs it who copied the example: a process of its own, over a real relay, killed at
 * seeded points while it is being written to.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { build } from '../../scripts/build.mjs';
import type { Message } from '../../core/client.js';
import { randomNumbers } from '../interop/random.js';
import { newFolder } from '../support/folders.js';
import { guest } from '../support/people.js';
import { RelayProcess } from '../support/relay-process.js';
import { waitFor } from '../support/wait.js';

const QUESTIONS = 50;

beforeAll(() => build(['esm']));

class Bot {
  comingId = '';
  #process: ChildProcess | undefined;

  constructor(
    private readonly program: string,
    private readonly relay: string,
    private readonly data: string,
  ) {}

  /** Resolves when it can be written to. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['bot.mjs', this.relay], {
      cwd: this.program,
      env: { ...process.env, COMING_FOLDER: this.data },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#process = child;
    for await (const line of createInterface({ input: child.stdout })) {
      const id = /^Coming ID: (\S+)$/.exec(line)?.[1];
      if (id) this.comingId = id;
      if (line.startsWith('Link: ')) return;
    }
    throw new Error('the bot did not start');
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#process!;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
    return child.exitCode;
  }
}

/** The example, copied to where only `npm install` would have put something. */
function copiedExample(): string {
  const folder = newFolder();
  const filter = (path: string) => !/node_modules|data$/.test(path);
  cpSync('examples/echo-bot', folder, { recursive: true, filter });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(resolve('.'), join(folder, 'node_modules/coming-kit'));
  return folder;
}

it('answers every message exactly once and in order, however often it is killed, and keeps its identity', async () => {
  const relay = await RelayProcess.start();
  const bot = new Bot(copiedExample(), relay.url, newFolder());
  onTestFinished(async () => void (await bot.end('SIGKILL')));
  await bot.start();
  const { comingId } = bot;
  const { client } = await guest({ relay: relay.url, webSocket: WebSocket });
  onTestFinished(() => client.close());
  const conversation = await client.openConversation(comingId);
  // Everything stays in the snapshot.
  await conversation.loadEarlier();
  await conversation.loadEarlier();

  const answers = (messages: readonly Message[]) =>
    messages.filter(({ mine }) => !mine).map(({ text }) => text);
  const random = randomNumbers(10);
  for (let asked = 0; asked < QUESTIONS;) {
    const burst = Math.min(QUESTIONS - asked, 1 + Math.floor(random() * 9));
    for (let n = 0; n < burst; n += 1) await conversation.send(`question ${(asked += 1)}`);
    // Killed when some answers of this burst have come, and others have not.
    const seen = asked - burst + Math.floor(random() * burst);
    await waitFor(conversation.snapshot, ({ messages }) => answers(messages).length >= seen, 60_000);
    await bot.end('SIGKILL');
    await bot.start();
    expect(bot.comingId).toBe(comingId);
  }
  const expected = Array.from({ length: QUESTIONS }, (_, n) => `You said: question ${n + 1}`);
  const { messages } = await waitFor(
    conversation.snapshot,
    (snapshot) => answers(snapshot.messages).length >= QUESTIONS,
    60_000,
  );
  expect(answers(messages)).toEqual(expected);

  // Nothing comes twice after a clean stop either, and it says that it ended well.
  expect(await bot.end('SIGTERM')).toBe(0);
  await conversation.send('one more');
  await bot.start();
  const after = await waitFor(
    conversation.snapshot,
    (snapshot) => answers(snapshot.messages).length > QUESTIONS,
    60_000,
  );
  expect(answers(after.messages)).toEqual([...expected, 'You said: one more']);
  expect(after.undecryptable).toBe(0);
});
