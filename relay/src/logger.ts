/**
 * What the relay tells its operator: short events as JSON lines, never an account, an envelope id or an address.
 *
 * @module
 */

/** Facts beside an event; numbers and fixed words only. */
export type Fields = Readonly<Record<string, string | number>>;

export interface Logger {
  info(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
}

export const silentLogger: Logger = { info: () => {}, error: () => {} };

/** Writes one JSON object per line. */
export function jsonLogger(write: (line: string) => void): Logger {
  const line = (level: string) => (event: string, fields?: Fields) =>
    write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`);
  return { info: line('info'), error: line('error') };
}

/** The kind of a fault, for a log line. Messages stay out: they may quote what a device sent. */
export function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
