/**
 * Accounts that the node itself acts for: key pairs that everybody may know, worth nothing outside this chain.
 *
 * @module
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { type Hex, bytesOf, concatBytes, numberToBytes } from './bytes.js';
import { getPublicKey, sign } from './ed25519.js';
import { blake2b256 } from './hashes.js';
import type { Core } from './node-state.js';
import { nextIndex } from './rpc/author.js';
import { stateParam } from './rpc/method.js';
import { runtimeVersion } from './rpc/state.js';
import { blob, compact } from './scale.js';

const SIGNED = Uint8Array.of(0x84);
const ACCOUNT_ID = Uint8Array.of(0);
const ED25519 = Uint8Array.of(0);
const IMMORTAL = Uint8Array.of(0);
const NO_TIP = Uint8Array.of(0);
const LONGEST_PAYLOAD = 256;

export class OwnAccount {
  private readonly seed: Uint8Array;
  readonly key: Uint8Array;

  constructor(name: string) {
    this.seed = blake2b256(utf8ToBytes(`coming-devchain ${name}`));
    this.key = getPublicKey(this.seed);
  }

  /** Sends a call through the pool, as anybody would, and waits until it is in a block, which is the result. */
  send(node: Core, call: Uint8Array): Promise<Hex> {
    return new Promise((resolve, reject) => {
      node.pool.submit(this.signed(node, call), (status) => {
        if (status === 'invalid' || status === 'dropped') reject(new Error(`the transaction is ${status}`));
        else if (typeof status === 'object' && 'inBlock' in status) resolve(status.inBlock);
      });
    });
  }

  private signed(node: Core, call: Uint8Array): Uint8Array {
    const extra = concatBytes(IMMORTAL, compact(nextIndex(node, this.key)), NO_TIP);
    const genesis = bytesOf(node.chain.genesis.hash);
    const { specVersion, transactionVersion } = runtimeVersion(node, stateParam(node, null));
    const versions = [specVersion, transactionVersion].map((version) => numberToBytes(version, 4));
    const payload = concatBytes(call, extra, ...versions, genesis, genesis);
    const message = payload.length > LONGEST_PAYLOAD ? blake2b256(payload) : payload;
    const signature = sign(message, this.seed);
    return blob(concatBytes(SIGNED, ACCOUNT_ID, this.key, ED25519, signature, extra, call));
  }
}

/** Gives away test coins. */
export const FAUCET = new OwnAccount('faucet');
/** Reports what happens on Bitcoin. */
export const RELAYER = new OwnAccount('relayer');
/** Calls as root (pallet Sudo). */
export const ROOT = new OwnAccount('root');
/** Pays withdrawals out. */
export const TRUSTEE = new OwnAccount('trustee');
