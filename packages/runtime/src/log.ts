import { type Logger, pino, stdTimeFunctions } from 'pino';
import { currentTrace } from './trace.ts';

export type Log = Logger;

/**
 * [S5] One JSON line per event on stdout, with the ids of service, instance and trace.
 * Secrets and message texts are never logged; the redaction is a second net, not the rule.
 */
export function createLog(options: { service: string; instance: string; level: string }): Log {
  return pino({
    level: options.level,
    base: { service: options.service, instance: options.instance },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: () => {
      const trace = currentTrace();
      return trace === undefined ? {} : { traceId: trace.traceId };
    },
    redact: {
      paths: [
        'token',
        'content',
        'text',
        'password',
        'authorization',
        '*.token',
        '*.content',
        '*.text',
        '*.password',
        '*.authorization',
      ],
      censor: '[redacted]',
    },
  });
}
