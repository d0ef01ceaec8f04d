/**
 * An error that a caller of the JSON-RPC gets to see.
 *
 * @module
 */
export class RpcError extends Error {
  override readonly name = 'RpcError';

  constructor(
    readonly code: number,
    message: string,
    readonly data?: string,
  ) {
    super(message);
  }
}

export function invalidParams(what: string): RpcError {
  return new RpcError(-32602, `Invalid params: ${what}`);
}
