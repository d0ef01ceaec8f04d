/**
 * `dev_bitcoin*`: the Bitcoin side of this chain.
 *
 * @module
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { dataScript, scriptOf } from '../bitcoin/address.js';
import {
  type Transaction,
  decodeTransaction,
  encodeTransaction,
  hashOf,
  shown,
} from '../bitcoin/transaction.js';
import { HOT, WALLET } from '../bitcoin/wallets.js';
import { bytesOf, hexOf } from '../bytes.js';
import type { Gateway } from '../bitcoin/gateway.js';
import type { Node } from '../node-state.js';
import { RpcError, invalidParams } from '../rpc-error.js';
import { type Method, hexParam, numberParam, textParam } from './method.js';

const LONGEST_DATA = 80;
const MOST_BLOCKS = 1000;

/** What cannot be done with what was asked for is an error of the parameters. */
async function tried<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof RangeError ? invalidParams(error.message) : error;
  }
}

function transactionParam(value: unknown): Uint8Array {
  const text = textParam(value, 'a transaction');
  if (!/^[0-9a-f]{64}$/i.test(text)) throw invalidParams('a transaction has 64 hexadecimal digits');
  return bytesOf(text).reverse();
}

function answer(gateway: Gateway, tx: Transaction) {
  const confirmations = gateway.bitcoin.confirmations(hashOf(tx));
  return { txid: shown(hashOf(tx)), raw: hexOf(encodeTransaction(tx)).slice(2), confirmations };
}

/** Where blocks come by themselves, Bitcoin's do as well, as long as something waits for them. */
function goOn({ manual }: Node, gateway: Gateway): void {
  if (!manual && gateway.isBusy) gateway.mine();
}

export const bitcoinMethods = {
  dev_bitcoin: async (node) => {
    const { bitcoin } = await node.gateway();
    return {
      height: bitcoin.tip.height,
      hash: shown(bitcoin.tip.hash),
      walletAddress: WALLET.address,
      hotAddress: HOT.address,
    };
  },
  dev_bitcoinPay: async (node, [address, value, data]) => {
    const text = data === undefined || data === null ? '' : textParam(data, 'the data');
    const said = utf8ToBytes(text);
    if (said.length > LONGEST_DATA) throw invalidParams(`the data has at most ${LONGEST_DATA} bytes`);
    const satoshis = BigInt(numberParam(value, 'an amount'));
    return tried(async () => {
      const paid = { value: satoshis, script: scriptOf(textParam(address, 'an address')) };
      const note = said.length > 0 ? [{ value: 0n, script: dataScript(said) }] : [];
      const gateway = await node.gateway();
      const tx = await gateway.pay(WALLET, [paid, ...note]);
      goOn(node, gateway);
      return answer(gateway, tx);
    });
  },
  dev_bitcoinBroadcast: (node, [raw]) => {
    const bytes = hexParam(`0x${textParam(raw, 'a transaction')}`, 'a transaction');
    return tried(async () => {
      const gateway = await node.gateway();
      const tx = await gateway.broadcast(decodeTransaction(bytes));
      goOn(node, gateway);
      return answer(gateway, tx);
    });
  },
  dev_bitcoinMine: async (node, [blocks]) => {
    const count = numberParam(blocks ?? 1, 'a number of blocks');
    if (count > MOST_BLOCKS) throw invalidParams(`at most ${MOST_BLOCKS} blocks`);
    const gateway = await node.gateway();
    for (let i = 0; i < count; i++) gateway.mine();
    return { height: gateway.bitcoin.tip.height, hash: shown(gateway.bitcoin.tip.hash) };
  },
  dev_bitcoinTransaction: async (node, [txid]) => {
    const hash = transactionParam(txid);
    const gateway = await node.gateway();
    const known = gateway.bitcoin.get(hash);
    return known ? answer(gateway, known.transaction) : null;
  },
  dev_bitcoinPayOut: async (node) => {
    const gateway = await node.gateway();
    const paid = await gateway.payOut().catch((error: unknown) => {
      throw error instanceof RangeError ? new RpcError(-32000, error.message) : error;
    });
    goOn(node, gateway);
    return paid ? { ...answer(gateway, paid.transaction), withdrawals: paid.ids } : null;
  },
} satisfies Record<string, Method>;
