/**
 * What the relay tells its operator: short events as JSON lines, never an account, an envelope id or a network
 * address.
 *
 * @module
 */
import { pino, type DestinationStream } from 'pino';

/** Facts beside an event; numbers and fixed words only. */
export type Fields = Readonly<Record<string, string | number>>;

export interface Logger {
  info(event: string, fields?: Fields): void;
  error(event: string, fields?: Fields): void;
}

export const silentLogger: Logger = { info: () => {}, error: () => {} };

/** Writes one JSON object per line, on stderr unless told otherwise. */
export function jsonLogger(level = 'info', destination: DestinationStream = pino.destination(2)): Logger {
  const logger = pino(
    {
      level,
      // No process id and no host name.
      base: null,
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return {
    info: (event, fields = {}) => logger.info(fields, event),
    error: (event, fields = {}) => logger.error(fields, event),
  };
}

/** The kind of a fault, for a log line. Messages stay out: they may quote what a device sent. */
export function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
