/**
 * What the chain's genesis says of its Bitcoin side: known beforehand, so that only who uses that side loads it.
 *
 * @module
 */
import { bytesOf } from '../bytes.js';

/** Every second hash is work enough. */
export const EASIEST_BITS = 0x207f_ffff;
/** P2WPKH addresses of the trustees' keys. */
export const HOT_ADDRESS = 'tb1qxk2t9kv66qdzeezvnvnlwmhx5uh4uhsuzaysfk';
export const COLD_ADDRESS = 'tb1q506f35lz7vm2xcmhuvfsdkq65ha7rt7sna5wf4';
/** The first block holds a reward for the wallet and nothing else. */
export const FIRST_HEADER = bytesOf(
  '000000200000000000000000000000000000000000000000000000000000000000000000f080b1ae' +
    '0aea100b761ce2e42e3018784ea6b64f457a4d531cd43aeff1d8bc7600f15365ffff7f2001000000',
);
export const FIRST_HASH = bytesOf('8c28cd624770f8793ae337d905151ec90adb2da32048dd141ce3fc53c9ce2e7e');
