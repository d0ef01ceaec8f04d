import type { Browser, FrameLocator } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readChain, type ChainReader, type Holdings } from '../support/chain-reader.js';
import { startDemo, type Demo } from '../support/demo.js';
import { Gate } from '../support/gate.js';
import {
  baseUnits,
  bubbles,
  closeSheet,
  confirmation,
  noteStandings,
  openSheet,
  prepare,
  sheet,
  shownHoldings,
  STANDING,
  stands,
} from '../support/demo-payments.js';
import { launch, leave, person, say, turnTo, visit, type Visitor } from '../support/visitors.js';

/** Ada is in one browser and pays; Cleo is in another and is paid. */
describe('paying in a conversation', () => {
  let demo: Demo;
  let browser: Browser;
  let first: Visitor;
  let second: Visitor;
  let ada: FrameLocator;
  let cleo: FrameLocator;
  let toNode: { readonly ada: Gate; readonly cleo: Gate };
  let ids: { readonly ada: string; readonly cleo: string };

  beforeAll(async () => {
    // @polkadot/api says each time that this chain has no MetadataApi.
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    demo = await startDemo();
    browser = await launch();
    const gates: Gate[] = [];
    const open = () =>
      visit(browser, demo.url, async (context) => {
        gates.push(await Gate.on(context, demo.chainUrl));
      });
    first = await open();
    ada = person(first, 'Ada');
    second = await open();
    cleo = person(second, 'Cleo');
    toNode = { ada: gates[0]!, cleo: gates[1]! };
    await turnTo(cleo, 'Ada');
    await say(cleo, 'Ada', 'I have what you wanted');
    ids = { ada: await idOf(first, 'Ada'), cleo: await idOf(second, 'Cleo') };
  });

  // Whatever the test before left open.
  beforeEach(async () => {
    for (const gate of [toNode.ada, toNode.cleo]) gate.release();
    await Promise.all([first, second].map(({ page }) => page.reload()));
    await turnTo(cleo, 'Ada');
    await leave(ada);
    await turnTo(ada, 'Cleo');
  });

  afterAll(async () => {
    await browser?.close();
    await demo?.stop();
  });

  /** What the demo's roster says. */
  async function idOf({ page }: Visitor, name: string): Promise<string> {
    const people = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          new EventSource('roster').onmessage = ({ data }) => resolve(String(data));
        }),
    );
    return (JSON.parse(people) as { name: string; comingId: string }[]).find((one) => one.name === name)!
      .comingId;
  }

  async function reading<T>(read: (chain: ChainReader) => Promise<T>): Promise<T> {
    const chain = await readChain(demo.chainUrl);
    try {
      return await read(chain);
    } finally {
      await chain.close();
    }
  }

  const both = async (chain: ChainReader) => ({
    ada: await chain.holdings(ids.ada),
    cleo: await chain.holdings(ids.cleo),
  });
  const holdings = () => reading(both);

  /** Ada's payments of this amount, as they stand in the chain. */
  const paid = async (chain: ChainReader, amount: string) =>
    (await chain.extrinsicsOf(ids.ada)).filter(({ args }) => args.at(-1) === String(baseUnits(amount)));

  /** Both sides say that it is done, once; the chain holds it once; and nothing else was moved. */
  async function isPaidOnce(
    amount: string,
    fee: bigint,
    before: { readonly ada: Holdings; readonly cleo: Holdings },
  ): Promise<void> {
    await stands(ada, amount, STANDING.checkedBy('Cleo'));
    await stands(cleo, amount, STANDING.received);
    expect(await bubbles(ada, amount).count()).toBe(1);
    expect(await bubbles(cleo, amount).count()).toBe(1);
    await reading(async (chain) => {
      expect((await paid(chain, amount)).map(({ succeeded }) => succeeded)).toEqual([true]);
      const sum = baseUnits(amount);
      expect(await both(chain)).toEqual({
        ada: { xbtc: before.ada.xbtc - sum, pcx: before.ada.pcx - fee },
        cleo: { xbtc: before.cleo.xbtc + sum, pcx: before.cleo.pcx },
      });
    });
  }

  it('shows how far it is on both sides, and believes only what the chain says', async () => {
    const before = await holdings();
    expect(before.ada).toEqual({ xbtc: baseUnits('0.05'), pcx: baseUnits('1') });
    const fee = await prepare(ada, 'Cleo', '0.001');
    expect(fee).toBeGreaterThan(0n);

    const adas = await noteStandings(first.page, 'Ada');
    const submitted = toNode.ada.hold('author_submit');
    const asked = toNode.cleo.hold();
    await confirmation(ada, '0.001').click();
    await submitted;
    await stands(ada, '0.001', STANDING.signed);
    toNode.ada.release();
    await stands(ada, '0.001', STANDING.final);

    // Cleo was told, and could not ask the chain yet.
    await asked;
    await stands(cleo, '0.001', STANDING.arriving);
    toNode.cleo.release();
    await stands(cleo, '0.001', STANDING.received);
    await closeSheet(ada);
    await isPaidOnce('0.001', fee, before);
    const { signed, inBlock, final, checkedBy } = STANDING;
    const others = (await adas()).filter((text) => text !== 'Sent to the network'); // within a frame, perhaps
    expect(others).toEqual([signed, inBlock, final, checkedBy('Cleo')]);
    const now = await holdings();
    expect(await shownHoldings(ada)).toEqual(now.ada);
    expect(await shownHoldings(cleo)).toEqual(now.cleo);
  });

  it('is a plain transfer that anybody can read', async () => {
    await reading(async (chain) => {
      const [signer, to] = [chain.address(ids.ada), chain.address(ids.cleo)];
      expect(await paid(chain, '0.001')).toMatchObject([
        { method: 'xAssets.transfer', args: [to, '1', '100000'], signer, succeeded: true },
      ]);
    });
  });

  it('pays once when confirm is clicked twice', async () => {
    const before = await holdings();
    const fee = await prepare(ada, 'Cleo', '0.002');
    await confirmation(ada, '0.002').dblclick();
    await isPaidOnce('0.002', fee, before);
  });

  it.each([
    ['0.003', 'has never heard of it', async (frozen: () => void) => (frozen(), demo.kill('chain'))],
    ['0.004', 'had it all along', async (frozen: () => void) => frozen()],
  ])(
    'neither loses nor repeats %s XBTC when the payer reloads before it is in a block, and the node %s',
    async (amount, _, goOn) => {
      const before = await holdings();
      const fee = await prepare(ada, 'Cleo', amount);
      const submitted = toNode.ada.hold('author_submit');
      await confirmation(ada, amount).click();
      await submitted;
      const thaw = await demo.freeze('chain');
      toNode.ada.release();
      await first.page.reload();
      await leave(ada);
      await turnTo(ada, 'Cleo');
      await stands(ada, amount, STANDING.signed);
      await goOn(thaw);
      await isPaidOnce(amount, fee, before);
    },
  );

  it('survives relay and chain that are killed in the middle of it', async () => {
    const before = await holdings();
    const fee = await prepare(ada, 'Cleo', '0.005');
    const submitted = toNode.ada.hold('author_submit');
    await confirmation(ada, '0.005').click();
    await submitted;
    toNode.ada.release();
    await Promise.all([demo.kill('chain'), demo.kill('relay')]);
    await isPaidOnce('0.005', fee, before);
    await say(cleo, 'Ada', 'Thank you');
    await ada.getByText('Thank you', { exact: true }).waitFor();
  });

  it('says that no node can be reached, lets people chat, and goes on when one is there', async () => {
    const before = await holdings();
    await toNode.ada.close();
    await openSheet(ada, 'Cleo');
    await sheet(ada).getByText('can’t be reached').waitFor();
    await first.page.getByText(/Ada relay online, chain (offline|connecting)/).waitFor();
    await sheet(ada).getByRole('button', { name: 'Cancel' }).click();
    await say(ada, 'Cleo', 'One moment');
    await cleo.getByText('One moment', { exact: true }).waitFor();
    await toNode.ada.open();
    const fee = await prepare(ada, 'Cleo', '0.006');
    await confirmation(ada, '0.006').click();
    await isPaidOnce('0.006', fee, before);
    await first.page.getByText('Ada online').waitFor();
  });

  it('breaks no rule of the content security policy and throws no error', () => {
    expect([...first.complaints, ...second.complaints]).toEqual([]);
  });
});
