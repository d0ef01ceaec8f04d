/**
 * The keys on the Bitcoin side: the trustees', hot and cold, and a wallet that has whatever it wants to spend. They are
 * known to everybody. Their hashes stand here so that nothing has to be computed before something is signed.
 *
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { bytesOf, concatBytes } from '../bytes.js';
import { payToKeyHash } from './address.js';
import { COLD_ADDRESS, HOT_ADDRESS } from './first.js';
import { type Input, type Output, type Transaction, signatureHash } from './transaction.js';

const SIGHASH_ALL = Uint8Array.of(1);

export class BitcoinWallet {
  readonly script: Uint8Array;
  private readonly secret: Uint8Array;

  constructor(
    name: string,
    private readonly keyHash: Uint8Array,
    readonly address: string,
  ) {
    this.script = payToKeyHash(keyHash);
    this.secret = sha256(utf8ToBytes(`coming-devchain bitcoin ${name}`));
  }

  /** Signs each input, all of which spend what this wallet was paid. */
  async signed(tx: Transaction, spent: readonly Output[]): Promise<Transaction> {
    const { secp256k1 } = await import('@noble/curves/secp256k1.js');
    const key = secp256k1.getPublicKey(this.secret);
    const inputs = tx.inputs.map((input, i): Input => {
      const hash = signatureHash(tx, i, this.keyHash, spent[i]!.value);
      const signature = secp256k1.sign(hash, this.secret, { prehash: false, format: 'der' });
      return { ...input, witness: [concatBytes(signature, SIGHASH_ALL), key] };
    });
    return { ...tx, inputs };
  }
}

export const HOT = new BitcoinWallet('hot', bytesOf('3594b2d99ad01a2ce44c9b27f76ee6a72f5e5e1c'), HOT_ADDRESS);
export const COLD = new BitcoinWallet(
  'cold',
  bytesOf('a3f498d3e2f336a36377e31306d81aa5fbe1afd0'),
  COLD_ADDRESS,
);
export const WALLET = new BitcoinWallet(
  'wallet',
  bytesOf('5190e2024ae18807d5e901b8c35c313fdfa67cb9'),
  'tb1q2xgwyqj2uxyq040fqxuvxhp38l06vl9ex60t2a',
);

/** Whether the witness of an input is the signature of the key that a P2WPKH output pays to. */
export async function isSignedFor(tx: Transaction, position: number, spent: Output): Promise<boolean> {
  const [{ secp256k1 }, { ripemd160 }] = await Promise.all([
    import('@noble/curves/secp256k1.js'),
    import('@noble/hashes/legacy.js'),
  ]);
  const [signature, key] = tx.inputs[position]!.witness;
  if (!signature || key?.length !== 33 || signature.at(-1) !== SIGHASH_ALL[0]) return false;
  const keyHash = ripemd160(sha256(key));
  if (spent.script.join() !== payToKeyHash(keyHash).join()) return false;
  const hash = signatureHash(tx, position, keyHash, spent.value);
  try {
    return secp256k1.verify(signature.subarray(0, -1), hash, key, { prehash: false, format: 'der' });
  } catch {
    return false;
  }
}
