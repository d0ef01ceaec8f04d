/**
 * Errors between contexts: a code and what goes with it, never a stack, a cause or the text of an error of somebody else's.
 *
 * @module
 */
import { ComingError, type ErrorCode } from '../errors.js';
import { WordsError } from '../words-error.js';
import { isRecord } from './readers.js';

export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly retryAfter?: number;
  readonly position?: number;
}

export function toWire(error: unknown): WireError {
  if (!(error instanceof ComingError)) return { code: 'internal', message: 'it failed at the owner' };
  const { code, message, retryAfter } = error as ComingError<string>;
  return {
    code,
    message,
    ...(retryAfter > 0 && { retryAfter }),
    ...(error instanceof WordsError && { position: error.position ?? 0 }),
  };
}

/** The error that crossed. Anything that is none is `internal`. */
export function fromWire(wire: unknown): ComingError<string> {
  if (!isRecord(wire) || typeof wire['code'] !== 'string') {
    return new ComingError('internal', 'an error that cannot be read');
  }
  const { code, message, retryAfter, position } = wire;
  if (typeof position === 'number') {
    return new WordsError(code as WordsError['code'] & 'unknown-word', position || undefined);
  }
  return new ComingError(
    code as ErrorCode,
    typeof message === 'string' ? message : '',
    undefined,
    typeof retryAfter === 'number' ? retryAfter : 0,
  );
}
