import { Keyring } from '@polkadot/keyring';
import { TypeRegistry } from '@polkadot/types';
import { describe, expect, it } from 'vitest';
import type { SignerPayload } from '../../../core/ledger/index.js';
import { encodeAddress } from '../../../core/identity/index.js';
import { until } from '../../support/until.js';
import { waitFor } from '../../support/wait.js';
import {
  ada,
  carryOut,
  chain,
  local,
  order,
  reaches,
  reload,
  sentBytes,
  SUBMIT,
  type State,
  usable,
} from './one-payer.js';

describe('a transfer that is cut off goes on with the same bytes', () => {
  const finish = async (id: string) => {
    await reaches(id, 'broadcast', 'in-block');
    await local.newBlocks(3);
    await reaches(id, 'final');
    expect(sentBytes()).toHaveLength(1);
    expect(await usable()).toBe(12_345n);
  };

  it('when the page is reloaded before anything left', async () => {
    local.network.intercept = ({ method }) => (method === SUBMIT ? 'swallow' : 'pass');
    const wanted = order();
    await chain.transfer(wanted, ada);
    await until(() => local.network.countOf(SUBMIT) === 1);
    local.network.intercept = () => 'pass';
    await reload();
    await finish(wanted.id);
    expect(local.network.countOf(SUBMIT)).toBe(2);
  });

  it('when the page is reloaded after the node took it', async () => {
    const wanted = order();
    await chain.transfer(wanted, ada);
    await reaches(wanted.id, 'broadcast');
    await reload();
    await finish(wanted.id);
  });

  it('when the page is reloaded while it is in a block', async () => {
    const wanted = order();
    await chain.transfer(wanted, ada);
    await reaches(wanted.id, 'broadcast');
    await local.newBlocks(1);
    await reaches(wanted.id, 'in-block');
    await reload();
    await finish(wanted.id);
  });

  it('when it became final while nobody looked', async () => {
    const wanted = order();
    await chain.transfer(wanted, ada);
    await reaches(wanted.id, 'broadcast');
    await reload(() => local.newBlocks(100));
    await reaches(wanted.id, 'final');
    expect(await usable()).toBe(12_345n);
  });

  it('when the connection falls just when the node has taken it', async () => {
    local.network.intercept = ({ method }) => {
      if (method !== SUBMIT || local.network.countOf(SUBMIT) > 1) return 'pass';
      setTimeout(() => local.network.cut());
      return 'pass';
    };
    const wanted = order();
    await chain.transfer(wanted, ada);
    await finish(wanted.id);
  });

  it('when the connection falls before the node has taken it', async () => {
    local.network.intercept = ({ method }) =>
      method === SUBMIT && local.network.countOf(SUBMIT) === 1 ? 'cut' : 'pass';
    const wanted = order();
    await chain.transfer(wanted, ada);
    await finish(wanted.id);
  });

  it('when the page is reloaded after its block was retracted', async () => {
    const wanted = order();
    await chain.transfer(wanted, ada);
    await reaches(wanted.id, 'broadcast');
    await local.newBlocks(1);
    await reaches(wanted.id, 'in-block');
    local.network.intercept = ({ method }) => (method === SUBMIT ? 'swallow' : 'pass');
    await local.devchain.request('dev_forceReorg', [1]);
    await reaches(wanted.id, 'retracted');
    local.network.intercept = () => 'pass';
    await reload();
    await finish(wanted.id);
  });

  it('when the node is gone while the wallet asks the person', async () => {
    const pair = new Keyring({ type: 'ed25519' }).addFromSeed(ada.seed);
    let say = (): void => undefined;
    const registry = new TypeRegistry();
    const nothing = { extrinsic: {}, payload: {} };
    const asked = new Promise<void>((resolve) => {
      say = resolve;
    });
    const wallet = {
      address: encodeAddress(ada.account, 42),
      scheme: 'ed25519' as const,
      signPayload: async (payload: SignerPayload) => {
        registry.setSignedExtensions(payload.signedExtensions, {
          BaseFilter: nothing,
          ChargeExtraFee: nothing,
        });
        local.network.isDown = true;
        local.network.cut();
        await waitFor(chain.state, (state) => state === 'offline');
        await asked;
        return registry.createType('ExtrinsicPayload', payload, { version: 4 }).sign(pair);
      },
    };
    const wanted = order();
    const signed = chain.transfer(wanted, wallet);
    say();
    expect(await signed).toMatchObject({ state: 'signed' });
    expect(local.network.countOf(SUBMIT)).toBe(0);
    local.network.isDown = false;
    chain.reconnect();
    await finish(wanted.id);
  });

  it('when its block is retracted', async () => {
    const wanted = order();
    const seen: (State | undefined)[] = [];
    chain.watchTransfer(wanted.id).subscribe((transfer) => seen.push(transfer?.state));
    await chain.transfer(wanted, ada);
    await reaches(wanted.id, 'broadcast');
    await local.newBlocks(1);
    await reaches(wanted.id, 'in-block');
    await local.devchain.request('dev_forceReorg', [1]);
    await carryOut(wanted.id);
    expect(sentBytes()).toHaveLength(1);
    expect(await usable()).toBe(12_345n);
    const before: (State | undefined)[] = [undefined, 'draft', 'signed', 'broadcast', 'in-block'];
    expect(seen).toEqual([...before, 'retracted', 'broadcast', 'in-block', 'final']);
  });
});
