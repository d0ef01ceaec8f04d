/**
 * The post-quantum ratchet (SPQR, version 1): mixes a key into every message that a quantum computer cannot find,
 * and renews what those keys come from while people talk (section 7).
 *
 * Values are never changed in place, so that a message that fails leaves no trace.
 *
 * @module
 */
import { addEpoch, startKeyChain, takeReceiveKey, takeSendKey, type KeyChain } from './key-chain.js';
import { receiveStep, sendStep, startMachine, type Machine, type Step } from './machine.js';
import { parseSpqrMessage, writeSpqrMessage } from './messages.js';

export interface Spqr {
  readonly chain: KeyChain;
  readonly machine: Machine;
}

/** @param authKey what PQXDH derived for this ratchet */
export function startSpqr(authKey: Uint8Array, isInitiator: boolean): Spqr {
  return { chain: startKeyChain(authKey, isInitiator), machine: startMachine(authKey, isInitiator) };
}

/** What the next message carries, and the key that it adds. */
export function spqrSend(
  spqr: Spqr,
  randomBytes: (length: number) => Uint8Array,
): { spqr: Spqr; message: Uint8Array; key: Uint8Array } {
  const { epoch } = spqr.machine;
  const step = sendStep(spqr.machine, randomBytes);
  const { chain, index, key } = takeSendKey(withSecret(spqr.chain, step), epoch - 1);
  const message = writeSpqrMessage({ epoch, index, type: step.type, chunk: step.chunk });
  return { spqr: { chain, machine: step.machine }, message, key };
}

/** What a received message means, as long as nobody knows whether it is authentic. */
export interface Received {
  /** The key that the message adds; undefined when it adds none. */
  readonly key: Uint8Array | undefined;
  /**
   * The ratchet after the message, once it has proved to be authentic: a wrong chunk would spoil what it is a part of.
   *
   * @throws ComingError `decryption-failed`
   */
  advance(): Spqr;
}

/**
 * @param bytes field 5 of the SignalMessage
 * @throws ComingError `malformed-message`, `too-far-ahead`, `decryption-failed`
 */
export function spqrReceive(spqr: Spqr, bytes: Uint8Array | undefined): Received {
  const message = parseSpqrMessage(bytes);
  if (message === undefined) return { key: undefined, advance: () => spqr };
  const { epoch, index } = message;
  // What a peer says that could do without the ratchet and has not heard from us yet.
  const isKeyless = epoch === 1 && index === 0;
  const { chain, key } = isKeyless
    ? { chain: spqr.chain, key: undefined }
    : takeReceiveKey(spqr.chain, epoch - 1, index);
  return {
    key,
    advance: () => {
      const step = receiveStep(spqr.machine, message);
      return { chain: withSecret(chain, step), machine: step.machine };
    },
  };
}

function withSecret(chain: KeyChain, { secret }: Step): KeyChain {
  return secret ? addEpoch(chain, secret) : chain;
}
