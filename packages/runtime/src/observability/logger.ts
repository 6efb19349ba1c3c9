import { destination, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import { currentTrace } from './trace.ts';

export type Log = Logger;

const secret = ['token', 'content', 'text', 'password', 'authorization'];

/**
 * [S5] One JSON line per event on stdout, with the ids of service, instance and trace.
 * Secrets and message texts are never logged; the redaction is a second net, not the rule.
 */
export function createLog({ service, instance, level }: { service: string; instance: string; level: string }): Log {
  const options: LoggerOptions = {
    level,
    base: { service, instance },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: () => {
      const trace = currentTrace();
      return trace === undefined ? {} : { traceId: trace.traceId };
    },
    redact: { paths: [...secret, ...secret.map((name) => `*.${name}`)], censor: '[redacted]' },
  };
  // Written at once: the last lines before an exit are the ones that matter, and pino's own default, which lets a write
  // run on behind, can put them in the wrong order then.
  return pino(options, destination({ dest: 1, sync: true }));
}
