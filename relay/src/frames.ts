/**
 * Frames between a device and the relay: one per binary WebSocket message.
 *
 * @module
 */
import { relay } from '../../proto/gen/relay.js';

export type Verb = Omit<relay.Request.$Properties, 'id' | 'verb'>;
export type Response = Omit<relay.Response.$Properties, 'id' | 'result'>;
export type DeviceRequest = relay.Request.$Properties & { readonly id: number };

export const { Status } = relay;

/**
 * Reads a device's frame.
 *
 * @returns a request that names a verb, `'response'` for an answer to one of the relay's, or
 *   undefined when the bytes are neither
 */
export function readFrame(bytes: Uint8Array): DeviceRequest | 'response' | undefined {
  let frame;
  try {
    frame = relay.Frame.decode(bytes);
  } catch {
    return undefined;
  }
  if (frame.kind === 'response') return 'response';
  if (frame.kind !== 'request' || !frame.request?.verb) return undefined;
  return { ...frame.request, verb: frame.request.verb, id: frame.request.id ?? 0 };
}

export function writeRequest(id: number, verb: Verb): Uint8Array {
  return relay.Frame.encode({ request: { ...verb, id } }).finish();
}

export function writeResponse(id: number, response: Response): Uint8Array {
  return relay.Frame.encode({ response: { ...response, id } }).finish();
}
