import { expect } from 'vitest';
import { ComingError, type ErrorCode } from '../../core/errors.js';

/** The code with which a call is refused; fails when it is not refused, or with anything but a ComingError. */
export async function refusal(work: () => unknown): Promise<ErrorCode> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(ComingError);
    return (error as ComingError).code;
  }
  throw new Error('was not refused');
}
